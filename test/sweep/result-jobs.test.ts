import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPaths } from '../../src/runs/paths.js';
import { readState } from '../../src/runs/state.js';
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

test('a run that is stopped has not failed, and leaves nothing', async () => {
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
