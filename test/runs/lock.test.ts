import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockHolder, takeLock } from '../../src/runs/lock.js';

const folder = mkdtempSync(join(tmpdir(), 'iterand-lock-'));

test('a lock is held once, by a live process, until it is given back', () => {
  const path = join(folder, 'a');
  const release = takeLock(path);
  expect(lockHolder(path)!.pid).toBe(process.pid);
  expect(() => takeLock(path)).toThrow(`${path}: process ${process.pid} works on this run`);
  release();
  expect(existsSync(path)).toBe(false);
  takeLock(path)();
});

test('the lock of a killed process does not count', async () => {
  const path = join(folder, 'b');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  writeFileSync(path, JSON.stringify({ pid: child.pid, host: hostname(), started: null }));
  expect(() => takeLock(path)).toThrow(`process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(lockHolder(path)).toBeUndefined();
  const release = takeLock(path);
  expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid);
  release();
});

test.runIf(existsSync('/proc/self/stat'))(
  'a process id given again to another process does not count',
  () => {
    const path = join(folder, 'c');
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }));
    takeLock(path)();
  },
);

test("another machine's lock stands, and the error says which machine", () => {
  const path = join(folder, 'd');
  writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', started: null }));
  expect(() => takeLock(path)).toThrow('on elsewhere');
});
