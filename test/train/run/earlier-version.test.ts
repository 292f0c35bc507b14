import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EpochRecord, StepRecord } from '../../../src/train/loop/callbacks.js';
import { summarizeRuns } from '../../../src/train/run/list.js';
import { openRun } from '../../../src/train/run/open.js';
import { readEpochs, readSteps } from '../../../src/train/run/read-records.js';
import { readResult } from '../../../src/train/run/result.js';
import { scoreRun } from '../../../src/train/run/score.js';
import { trainRun } from '../../../src/train/run/train.js';
import { temporaryFolder } from '../data/temporary.js';

// test/fixtures/README.md says how they were made.
const fixtures = join(import.meta.dirname, '../../fixtures/runs-1');
const name = 'conv2-iterand-mnist-9d9e17ba85/seed-1';
const copy = (which: 'finished' | 'stopped') => {
  const to = join(temporaryFolder(), which);
  cpSync(join(fixtures, which), to, { recursive: true });
  return to;
};
const machine = { threads: 1, workers: 1 };
const lines = <T>(path: string): T[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

test('runs of the first formats are listed and keep their ids', () => {
  const [finished] = summarizeRuns(copy('finished'));
  expect(finished).toMatchObject({ name, state: 'finished', epochsDone: 3, test: 204 / 2000 });
  const [stopped] = summarizeRuns(copy('stopped'));
  expect(stopped).toMatchObject({ name, state: 'stopped', epochsDone: 1 });
});

test('a finished one is not run again, and evaluates to its digits', async () => {
  const root = copy('finished');
  const run = openRun(root, name);
  const outcome = await trainRun(run.spec, run.seed, { root, ...machine });
  const stored = JSON.parse(readFileSync(join(fixtures, 'finished', name, 'result.json'), 'utf8'));
  expect(outcome).toMatchObject({ state: 'finished', already: true, result: stored });
  const score = await scoreRun(run, 'last', 'test', machine);
  expect(score.examples).toBe(2000);
  // Another processor may turn a digit whose two largest logits are all but equal.
  expect(Math.abs(score.hits - stored.test.hits)).toBeLessThanOrEqual(4);
  expect(score.loss).toBeCloseTo(stored.test.loss, 5);
});

test('a stopped one goes on to the end of the uninterrupted one', async () => {
  const root = copy('stopped');
  const run = openRun(root, name);
  const before = readFileSync(run.paths.steps);
  const outcome = await trainRun(run.spec, run.seed, { root, ...machine });
  expect(outcome).toMatchObject({ state: 'finished', already: false });
  const whole = join(fixtures, 'finished', name);
  // What was there is kept to the byte; what follows agrees but for the last bits, which depend on the processor.
  expect(readFileSync(run.paths.steps).subarray(0, before.length).equals(before)).toBe(true);
  const [steps, expected] = [readSteps(run.paths), lines<StepRecord>(join(whole, 'steps.jsonl'))];
  expect(steps).toHaveLength(expected.length);
  for (const [i, { loss, hits, ...rest }] of steps.entries()) {
    const { loss: loss0, hits: hits0, ...rest0 } = expected[i]!;
    expect(rest).toEqual(rest0);
    expect(loss).toBeCloseTo(loss0, 4);
    expect(Math.abs(hits - hits0)).toBeLessThanOrEqual(2);
  }
  const epochs = readEpochs(run.paths);
  expect(epochs.map((e) => e.learningRate)).toEqual(
    lines<EpochRecord>(join(whole, 'epochs.jsonl')).map((e) => e.learningRate),
  );
  expect(readResult(run.paths)!.records!.epochs.bytes).toBe(readFileSync(run.paths.epochs).length);
});

test('their records are held against each other where no hash is', () => {
  const root = copy('finished');
  const { paths } = openRun(root, name);
  expect(readSteps(paths)).toHaveLength(42);
  for (const path of [paths.last, paths.best]) rmSync(path);
  expect(readSteps(paths)).toHaveLength(42);
  const steps = readFileSync(paths.steps, 'utf8');
  writeFileSync(paths.steps, steps.replace('"hits":', '"hits":1'));
  expect(() => readSteps(paths)).toThrow(`${paths.steps}: is damaged: the steps of epoch 0 do not add up`);
  writeFileSync(
    paths.steps,
    steps.replace(/("loss":2\.\d{4})\d/, (all, start) => `${start}${all.endsWith('7') ? 8 : 7}`),
  );
  expect(() => readSteps(paths)).toThrow('do not add up');
  const epochs = readFileSync(paths.epochs, 'utf8');
  writeFileSync(paths.epochs, epochs.replace('"accuracy":0.', '"accuracy":0.1'));
  expect(summarizeRuns(root)).toMatchObject([
    { state: 'damaged', reason: expect.stringContaining('must have accuracy = hits / examples') },
  ]);
  writeFileSync(paths.epochs, epochs.split('\n').slice(0, -2).join('\n'));
  expect(summarizeRuns(root)).toMatchObject([
    { state: 'damaged', reason: expect.stringContaining(paths.epochs) },
  ]);
});

const kept = '/work/shared/runs';
test.skipIf(!existsSync(kept))('finished Conv6 runs kept without checkpoints are listed', () => {
  const runs = summarizeRuns(kept);
  expect(runs).toHaveLength(5);
  for (const run of runs) expect(run).toMatchObject({ state: 'finished', epochsDone: 100 });
  expect(runs.map((r) => 'test' in r && r.test).sort()).toEqual([0.6689, 0.7032, 0.7307, 0.7468, 0.7611]);
});
