import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { startHeartbeat } from '../../src/runs/heartbeat.js';
import { type Holder, judge, thisProcess } from '../../src/runs/holder.js';
import { lockHolder, silentLock, takeLock } from '../../src/runs/lock.js';

const folder = mkdtempSync(join(tmpdir(), 'iterand-lock-'));
let files = 0;
const fresh = () => join(folder, `${files++}.json`);
const holderIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Holder;
const put = (path: string, holder: Partial<Holder>) => writeFileSync(path, `${JSON.stringify(holder)}\n`);

test('a lock is held once, by a live process, until it is given back', async () => {
  const path = fresh();
  const lock = await takeLock(path);
  lock.check();
  expect(lockHolder(path)!.pid).toBe(process.pid);
  await expect(takeLock(path)).rejects.toThrow(`${path}: process ${process.pid} works on this run`);
  lock.release();
  expect(existsSync(path)).toBe(false);
  (await takeLock(path)).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('the lock of a killed process does not count, of an earlier version’s neither', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const [path, old] = [fresh(), fresh()];
  put(path, { ...thisProcess(), pid: child.pid!, started: null });
  put(old, { pid: child.pid!, host: hostname(), started: null });
  for (const lock of [path, old]) await expect(takeLock(lock)).rejects.toThrow(`process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (const lock of [path, old]) {
    expect(lockHolder(lock)).toBeUndefined();
    const mine = await takeLock(lock);
    expect(holderIn(lock).pid).toBe(process.pid);
    mine.release();
  }
});

test.runIf(existsSync('/proc/self/stat'))(
  'a process id given again to another process does not count',
  async () => {
    const path = fresh();
    put(path, { pid: process.pid, host: hostname(), started: '1' });
    (await takeLock(path)).release();
  },
);

test('a broken link in the lock’s place is an error, not an endless wait', async () => {
  const path = fresh();
  symlinkSync(join(folder, 'nowhere'), path);
  await expect(takeLock(path)).rejects.toThrow(`${path}: can neither be made nor read`);
  rmSync(path);
});

test('it gives back its own lock alone, and notices when it has lost it', async () => {
  const path = fresh();
  const lock = await takeLock(path);
  const other = { ...thisProcess(), pid: 7, host: 'elsewhere' };
  put(path, other);
  expect(() => lock.check()).toThrow('process 7 on elsewhere has taken the run over');
  lock.release();
  expect(holderIn(path).token).toBe(other.token);
  rmSync(path);
  expect(() => lock.check()).toThrow('the lock was removed');
});

describe('on another machine', () => {
  const elsewhere = () => ({ ...thisProcess(), pid: 7, host: 'elsewhere', system: 'other boot' });
  const quick = { beat: 20, stale: 400 };

  test('a holder whose heartbeat goes on stands, and the error says where', async () => {
    const path = fresh();
    const holder = elsewhere();
    put(path, holder);
    const stop = startHeartbeat(path, readFileSync(path, 'utf8'), holder.beat, 20);
    while (holderIn(path).beat === holder.beat) await sleep(5);
    const told: string[] = [];
    await expect(takeLock(path, { ...quick, stale: 20_000, waiting: (m) => told.push(m) })).rejects.toThrow(
      'process 7 on elsewhere works on this run',
    );
    expect(told).toEqual([expect.stringContaining('process 7 on elsewhere')]);
    expect(lockHolder(path)!.host).toBe('elsewhere');
    stop();
  });

  test('one whose heartbeat stands still is gone after the stated time, whatever its clock says', async () => {
    const path = fresh();
    put(path, elsewhere());
    const began = performance.now();
    const lock = await takeLock(path, quick);
    expect(performance.now() - began).toBeGreaterThanOrEqual(quick.stale);
    expect(holderIn(path).host).toBe(hostname());
    lock.release();
  });

  test('a half-written lock waits as long', async () => {
    const path = fresh();
    writeFileSync(path, '{"pid":');
    (await takeLock(path, quick)).release();
  });

  test('an earlier version, which has no heartbeat, stands', async () => {
    const path = fresh();
    put(path, { pid: 1, host: 'elsewhere', started: null });
    const words = /on elsewhere works on this run with an earlier version.*if it has ended, remove the file/;
    await expect(takeLock(path, quick)).rejects.toThrow(words);
    expect(silentLock(path)?.message).toMatch(words);
    put(path, elsewhere());
    expect(silentLock(path)).toBeUndefined();
  });

  test('the same job, requeued, takes it over at once; another process of the same job does not', async () => {
    const env = { SLURM_CLUSTER_NAME: 'local', SLURM_JOB_ID: '42' };
    const before = { ...thisProcess(env), pid: 7, host: 'elsewhere', system: 'other boot' };
    const requeued = thisProcess({ ...env, SLURM_RESTART_COUNT: '1' });
    expect(judge(before, requeued)).toBe('gone');
    expect(judge(before, thisProcess(env))).toBe('unknown');
    expect(judge(before, thisProcess({ ...env, SLURM_JOB_ID: '43', SLURM_RESTART_COUNT: '1' }))).toBe(
      'unknown',
    );
    expect(judge({ ...before, job: null }, requeued)).toBe('unknown');
    const path = fresh();
    put(path, before);
    const began = performance.now();
    (await takeLock(path, { own: requeued })).release();
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test('the same host name with other process ids, as of a container, is another machine', () => {
    const own = thisProcess();
    expect(judge({ ...own, pid: 2 ** 22 + 1 }, own)).toBe('gone');
    expect(judge({ ...own, pid: 2 ** 22 + 1, system: 'other boot' }, own)).toBe('unknown');
  });
});

test('a heartbeat writes to the lock it was begun for, never to its successor', async () => {
  const path = fresh();
  const lock = await takeLock(path, { beat: 5 });
  while (holderIn(path).beat === '0'.repeat(12)) await sleep(5);
  const other = thisProcess();
  put(`${path}.new`, other);
  renameSync(`${path}.new`, path);
  await sleep(100);
  expect(holderIn(path)).toEqual(other);
  lock.release();
});

test('where a file system has no hard links, a new file does', async () => {
  vi.resetModules();
  vi.doMock('node:fs', async (original) => ({
    ...(await original<typeof import('node:fs')>()),
    linkSync: () => {
      throw Object.assign(new Error('ENOTSUP'), { code: 'ENOTSUP' });
    },
  }));
  const path = fresh();
  const { takeLock: take } = await import('../../src/runs/lock.js');
  const lock = await take(path);
  await expect(take(path)).rejects.toThrow(`process ${process.pid}`);
  lock.release();
  put(path, { ...thisProcess(), pid: 2 ** 22 + 1 });
  (await take(path)).release();
  expect(existsSync(path)).toBe(false);
  vi.doUnmock('node:fs');
});

test('of many processes that find a stale lock at once, one takes it at a time', {
  timeout: 120_000,
}, async () => {
  const path = fresh();
  const go = `${path}.go`;
  put(path, { ...thisProcess(), pid: 2 ** 22 + 1 });
  const script = join(import.meta.dirname, 'lock-contender.ts');
  const contenders = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ['--import', 'tsx', script, path, go], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  await Promise.all(contenders.map((c) => once(c.stdout, 'data')));
  const ended = contenders.map((c) => once(c, 'exit'));
  writeFileSync(go, '');
  // Each is killed with the lock in its hands, so each but the first steals from its forerunner.
  for (const [, signal] of await Promise.all(ended)) expect(signal).toBe('SIGKILL');
  expect(readdirSync(folder).filter((f) => f.includes('.won.'))).toHaveLength(8);
});
