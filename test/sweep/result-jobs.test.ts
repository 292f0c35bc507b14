import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lawJobs, simulateJobs } from '../../src/cli/theory-jobs.js';
import { thisProcess } from '../../src/runs/holder.js';
import { runPaths } from '../../src/runs/paths.js';
import { readState, writeState } from '../../src/runs/state.js';
import { KeptParts } from '../../src/sweep/kept-parts.js';
import { planSweep } from '../../src/sweep/plan.js';
import { type ResultJob, resultJobs } from '../../src/sweep/result-jobs.js';
import { StatusReader } from '../../src/sweep/status.js';
import { temporaryFolder } from '../train/data/temporary.js';

/** Jobs that come to what the test says. */
function made(compute: ResultJob<{ n: number }, { rate: number }>['compute']) {
  const kind = resultJobs<{ n: number }, { rate: number }>({
    name: 'made',
    version: 1,
    keys: ['n'],
    resolve: (settings) => ({ n: Number(settings.n) }),
    label: () => 'n',
    compute,
    rateOf: ({ rate }) => rate,
    brief: (spec) => ({ spec, share: 1 }),
  });
  const plan = planSweep({ name: 'm', job: 'made', base: { n: 1 } }, 'm', [kind]);
  return {
    kind,
    run: plan.runs[0]!,
    status: (root: string) => new StatusReader(kind, plan.runs, root).read(),
  };
}

test('a run that fails says so, and why, until it is run again', async () => {
  const root = join(temporaryFolder(), 'trials');
  let fails = true;
  const { kind, run, status } = made(async ({ n }) => {
    if (fails) throw new Error('no memory is left');
    return { rate: n / 4 };
  });
  await expect(kind.run(run.spec as { n: number }, run.seed, { root })).rejects.toThrow('no memory is left');
  const paths = runPaths(root, run.name);
  expect(readState(paths)).toEqual({ state: 'failed', reason: 'no memory is left' });
  expect(readdirSync(paths.folder).sort()).toEqual(['spec.json', 'state.json']);
  expect(status(root)).toMatchObject({
    counts: { failed: 1 },
    runs: [{ state: 'failed', reason: 'no memory is left' }],
  });
  fails = false;
  expect(await kind.run(run.spec as { n: number }, run.seed, { root })).toEqual({
    state: 'finished',
    already: false,
  });
  expect(status(root)).toMatchObject({ counts: { failed: 0, finished: 1 }, runs: [{ result: 0.25 }] });
});

/** Told to stop as the part of this number has ended. */
const stopsAfter = (parts: number) => {
  const reason = new Error('stop');
  let ended = 0;
  const signal = {
    aborted: false,
    reason,
    throwIfAborted() {
      if (++ended < parts) return;
      signal.aborted = true;
      throw reason;
    },
  };
  return signal as unknown as AbortSignal;
};

const trials = { delta: 0.01, trials: 512, widths: [3, 2], epsilon: 0.2, resamplings: 10 };
test.each([
  [simulateJobs, trials, 128],
  [lawJobs, { t: [0.1, 0.01], resamplings: [1, 2], trials: 50 }, 12],
])(
  'trials that are stopped, killed or damaged go on, and come to the same bytes',
  async (kind, settings, parts) => {
    const [whole, root] = [join(temporaryFolder(), 'whole'), join(temporaryFolder(), 'trials')];
    const spec = kind.resolve(settings) as never;
    const machine = { threads: 1 };
    await kind.run(spec, 3, { root: whole, machine });
    const name = kind.runName(spec, 3);
    const paths = runPaths(root, name);
    const lines = () => readFileSync(paths.parts, 'utf8').trimEnd().split('\n');
    const run = (after: number) => kind.run(spec, 3, { root, machine, signal: stopsAfter(after) });
    const status = () => new StatusReader(kind, [{ name, spec, seed: 3 } as never], root).read().runs[0];
    expect(await run(5)).toEqual({ state: 'stopped' });
    expect(status()).toMatchObject({ state: 'stopped', units: 100, done: Math.floor(500 / parts) });
    expect(readState(paths)).toEqual({ state: 'stopped' });
    expect(lines()).toHaveLength(5);
    // What is there counts as ended at once.
    expect(await run(8)).toEqual({ state: 'stopped' });
    expect(lines()).toHaveLength(8);
    // One part is damaged, and a killed process left half a line.
    const damaged = lines().map((line, i) => (i === 2 ? line.replace(/"out":\[?\d/, '$&1') : line));
    expect(damaged).not.toEqual(lines());
    writeFileSync(paths.parts, `${damaged.join('\n')}\n{"part":`);
    expect(await run(parts)).toEqual({ state: 'stopped' });
    expect(await kind.run(spec, 3, { root, machine })).toEqual({ state: 'finished', already: false });
    expect(readdirSync(paths.folder).sort()).toEqual(['result.json', 'spec.json', 'state.json']);
    for (const file of ['result.json', 'spec.json', 'state.json'])
      expect(readFileSync(join(root, name, file), 'utf8')).toBe(
        readFileSync(join(whole, name, file), 'utf8'),
      );
  },
);

test('a run that goes on tells the time that is left, by the pace of its present process', () => {
  const [kind, root] = [simulateJobs, join(temporaryFolder(), 'trials')];
  const spec = kind.resolve(trials) as never;
  const paths = runPaths(root, kind.runName(spec, 3));
  mkdirSync(paths.folder, { recursive: true });
  writeState(paths, { state: 'running' });
  writeFileSync(paths.lock, JSON.stringify(thisProcess()));
  const began = Date.now() - 60_000;
  utimesSync(paths.state, began / 1000, began / 1000);
  const line = (part: number, at: number) => `{"part":${part},"of":100,"at":${at},"out":1,"sha256":""}\n`;
  // Ten of an earlier process, and in the last minute 20 more.
  const old = Array.from({ length: 10 }, (_, i) => line(i, began - 1e7));
  const young = Array.from({ length: 20 }, (_, i) => line(10 + i, began + 3000 * (i + 1)));
  writeFileSync(paths.parts, [...old, ...young].join(''));
  const [status] = new StatusReader(kind, [{ name: paths.name, spec, seed: 3 } as never], root).read().runs;
  expect(status).toMatchObject({ state: 'running', done: 30 });
  expect(status!.left).toBeCloseTo(70 * 3, 0);
});

test('parts of another run count for nothing', () => {
  const folder = temporaryFolder();
  const of = (name: string) => new KeptParts({ name, parts: join(folder, 'parts.jsonl') });
  of('a').put(0, 7, 1);
  expect([of('a').get(0), of('b').get(0)]).toEqual([7, undefined]);
});

test('a run that is stopped before any part has ended has not failed, and leaves nothing', async () => {
  const root = join(temporaryFolder(), 'trials');
  const stop = new AbortController();
  const { kind, run } = made(async (_spec, _seed, { progress }) => {
    stop.abort();
    progress();
    return { rate: 1 };
  });
  expect(await kind.run(run.spec as { n: number }, run.seed, { root, signal: stop.signal })).toEqual({
    state: 'stopped',
  });
  expect(existsSync(root)).toBe(false);
});
