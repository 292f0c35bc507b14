import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.js';
import { thisProcess } from '../../src/runs/holder.js';
import { LockedError } from '../../src/runs/lock.js';
import { runPaths } from '../../src/runs/paths.js';
import { carryOut, type Lane } from '../../src/sweep/carry-out.js';
import type { JobEnd, JobKind } from '../../src/sweep/job.js';
import type { PlannedRun } from '../../src/sweep/plan.js';
import { temporaryFolder } from '../train/data/temporary.js';

const root = temporaryFolder();
let sweeps = 0;

/** Runs of a kind that does what the test says with each. */
function runsOf(ends: readonly ((signal?: AbortSignal) => Promise<JobEnd> | JobEnd)[]) {
  const label = `s${sweeps++}`;
  const begun: number[] = [];
  const runs = ends.map(
    (_, i): PlannedRun => ({
      name: `${label}/seed-${i}`,
      spec: {},
      seed: i,
      settings: {},
      point: {},
      curve: '',
    }),
  );
  const finished = new Set<string>();
  const kind: JobKind = {
    name: 'made',
    root,
    keys: [],
    unit: 'epochs',
    resolve: () => ({}),
    runName: (_, seed) => `${label}/seed-${seed}`,
    units: () => 1,
    isFinished: (paths) => finished.has(paths.name),
    async run(_spec, seed, { signal }) {
      begun.push(seed);
      const end = await ends[seed]!(signal);
      if (end.state === 'finished') finished.add(`${label}/seed-${seed}`);
      return end;
    },
    costKey: () => ({}),
    measure: async () => ({ secondsPerUnit: 1, secondsBeside: 0, memory: 1 }),
    progressOf: () => ({ done: 0 }),
    records: (paths) => paths.epochs,
    pace: () => undefined,
  };
  return { kind, runs, begun, finished };
}

const done = (): JobEnd => ({ state: 'finished', already: false });
const states: Record<string, string> = {};
const listener = {
  ended: (run: PlannedRun, end: { state: string }) => {
    states[run.name] = end.state;
  },
};

test('runs go in order; finished ones are not run; a failed one keeps none from running', async () => {
  const { kind, runs, begun, finished } = runsOf([
    done,
    () => Promise.reject(new InputError('images', 'are not there', 'get them')),
    done,
    done,
  ]);
  finished.add(runs[2]!.name);
  const reasons: unknown[] = [];
  const outcome = await carryOut(kind, runs, {
    root,
    listener: { ended: (run, end) => reasons.push([run.seed, 'reason' in end ? end.reason : end]) },
  });
  expect(begun).toEqual([0, 1, 3]);
  expect(outcome).toEqual({ finished: 3, stopped: 0, elsewhere: 0, failed: 1 });
  expect(reasons).toEqual([
    [0, done()],
    [1, 'images: are not there; get them.'],
    [2, { state: 'finished', already: true }],
    [3, done()],
  ]);
});

test('a run locked by a live process is left to it; one whose lock is left behind is run', async () => {
  const { kind, runs, begun } = runsOf([done, done, done]);
  const put = (run: PlannedRun, holder: object) => {
    const { lock } = runPaths(root, run.name);
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, JSON.stringify(holder));
  };
  put(runs[0]!, thisProcess());
  put(runs[1]!, { ...thisProcess(), started: '1' });
  expect(await carryOut(kind, runs, { root, listener, beat: 200 })).toMatchObject({
    finished: 2,
    elsewhere: 1,
  });
  expect(begun).toEqual([1, 2]);
  expect(states[runs[0]!.name]).toBe('elsewhere');
});

test('holders on other machines are watched together: who beats keeps its run, who does not is tried', async () => {
  const { kind, runs, begun } = runsOf([done, done, done]);
  const lockOf = (i: number) => runPaths(root, runs[i]!.name).lock;
  for (const i of [0, 1]) {
    mkdirSync(dirname(lockOf(i)), { recursive: true });
    writeFileSync(lockOf(i), JSON.stringify({ ...thisProcess({}), host: 'another', token: `t${i}` }));
  }
  const beating = setInterval(() => {
    const holder = JSON.parse(readFileSync(lockOf(0), 'utf8'));
    writeFileSync(lockOf(0), JSON.stringify({ ...holder, beat: `${Number(holder.beat) + 1}` }));
  }, 100);
  try {
    expect(await carryOut(kind, runs, { root, listener, beat: 200 })).toMatchObject({
      finished: 2,
      elsewhere: 1,
    });
  } finally {
    clearInterval(beating);
  }
  // The free one first, the silent one once it has been watched.
  expect(begun).toEqual([2, 1]);
});

test('a lock taken in between is no failure', async () => {
  const { kind, runs } = runsOf([() => Promise.reject(new LockedError('lock', 'is held', 'wait')), done]);
  expect(await carryOut(kind, runs, { root, beat: 200 })).toEqual({
    finished: 1,
    stopped: 0,
    elsewhere: 1,
    failed: 0,
  });
});

test('a lock of an earlier version that may stay for ever is named with what to do', async () => {
  const locked = () => Promise.reject(new LockedError('lock', 'is held', 'wait'));
  const { kind, runs } = runsOf([locked]);
  const { lock } = runPaths(root, runs[0]!.name);
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(lock, JSON.stringify({ pid: 1, host: 'another', started: null }));
  const warnings: string[] = [];
  const told = { warn: (message: string) => void warnings.push(message) };
  expect(await carryOut(kind, runs, { root, beat: 20, listener: told })).toMatchObject({ elsewhere: 1 });
  expect(warnings).toEqual([expect.stringMatching(/lock.json: process 1 on another .* remove the file/)]);
});

test('aborted, what is under way stops and nothing is begun', async () => {
  const stop = new AbortController();
  const { kind, runs, begun } = runsOf([
    done,
    async (signal) => {
      stop.abort();
      return signal!.aborted ? { state: 'stopped' } : done();
    },
    done,
  ]);
  expect(await carryOut(kind, runs, { root, signal: stop.signal })).toEqual({
    finished: 1,
    stopped: 1,
    elsewhere: 0,
    failed: 0,
  });
  expect(begun).toEqual([0, 1]);
});

test('several lanes share the runs, each once, and are closed whatever happens', async () => {
  const { kind, runs } = runsOf(Array.from({ length: 9 }, () => done));
  const log: string[] = [];
  let [now, most] = [0, 0];
  const lane = (name: string): Lane => ({
    async run(run) {
      most = Math.max(most, ++now);
      await sleep(5);
      now--;
      log.push(run.name);
      return done();
    },
    close: async () => void log.push(`${name} closed`),
  });
  const lanes = ['a', 'b', 'c'].map(lane);
  expect(await carryOut(kind, runs, { root, lanes })).toMatchObject({ finished: 9 });
  expect(most).toBe(3);
  expect(log.slice(0, 9).sort()).toEqual(runs.map((r) => r.name).sort());
  expect(log.slice(9)).toEqual(['a closed', 'b closed', 'c closed']);
});
