import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runPaths } from '../../../src/runs/paths.js';
import { writeJson } from '../../../src/runs/sealed-json.js';
import { readState } from '../../../src/runs/state.js';
import { describeNetwork } from '../../../src/train/networks/index.js';
import { initialState } from '../../../src/train/prune/initial.js';
import { readCheckpoint } from '../../../src/train/run/checkpoint.js';
import type { RunOptions } from '../../../src/train/run/outcome.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec, TRAIN_SPEC, trainRunName } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
beforeAll(() => writeImages(images));

const settings = (over: object = {}) =>
  resolveTrainSpec({
    network: 'conv2',
    width: 0.1,
    method: 'iterand',
    data: `folder:${images}`,
    imageSize: 8,
    epochs: 2,
    batch: 8,
    period: 1,
    warmup: 0,
    finalEpochs: 0,
    ...over,
  });
const train = (root: string, more: Partial<RunOptions> = {}, spec = settings()) =>
  trainRun(spec, 3, { root, threads: 1, workers: 1, ...more });
const failing: Partial<RunOptions> = {
  callbacks: [
    {
      step() {
        throw new Error('no more');
      },
    },
  ],
};

describe('a start that comes to nothing leaves nothing', () => {
  test('stopped before the first step', async () => {
    const root = join(folder, 'aborted');
    expect(await train(root, { signal: AbortSignal.abort() })).toMatchObject({
      state: 'stopped',
      saved: false,
    });
    const stop = new AbortController();
    const outcome = await train(root, { signal: stop.signal, began: () => stop.abort() });
    // It was already in its first step, which is finished and saved.
    expect(outcome).toMatchObject({ state: 'stopped', saved: true, standing: { step: 1 } });
  });

  test('failed before its first checkpoint, folders above included', async () => {
    await expect(train(join(folder, 'deep/er/runs'), failing)).rejects.toThrow('no more');
    expect(existsSync(join(folder, 'deep'))).toBe(false);
  });

  test('a planned run stays planned, and what is not ours stays', async () => {
    const paths = runPaths(join(folder, 'planned'), trainRunName(settings(), 3));
    writeJson(paths.spec, { ...TRAIN_SPEC, seed: 3, spec: settings() });
    const notes = join(paths.folder, 'notes.txt');
    writeFileSync(notes, 'mine');
    await expect(train(join(folder, 'planned'), failing)).rejects.toThrow('no more');
    expect(readdirSync(paths.folder).sort()).toEqual(['notes.txt', 'spec.json']);
    expect(readState(paths)).toEqual({ state: 'planned' });
  });

  test('another seed of the spec stays', async () => {
    const root = join(folder, 'seeds');
    const other = runPaths(root, trainRunName(settings(), 4)).folder;
    mkdirSync(other, { recursive: true });
    await expect(train(root, failing)).rejects.toThrow('no more');
    expect(readdirSync(join(other, '..'))).toEqual(['seed-4']);
  });

  test('a run with a checkpoint keeps it', async () => {
    const root = join(folder, 'kept');
    const stop = new AbortController();
    const { paths } = await train(root, { signal: stop.signal, began: () => stop.abort() });
    await expect(train(root, failing)).rejects.toThrow('no more');
    expect(readdirSync(paths.folder).sort()).toEqual(
      ['epochs.jsonl', 'last.safetensors', 'spec.json', 'state.json', 'steps.jsonl', 'times.jsonl'].sort(),
    );
    expect(readState(paths)).toEqual({ state: 'stopped' });
  });
});

test('a process that lost its run to another writes nothing more', async () => {
  const root = join(folder, 'lost');
  const paths = runPaths(root, trainRunName(settings(), 3));
  const thief = '{"pid":7,"host":"elsewhere","started":null,"token":"other"}';
  let steps = 0;
  const steal = { step: () => (++steps === 2 ? writeFileSync(paths.lock, thief) : undefined) };
  await expect(train(root, { callbacks: [steal], checkpointMinutes: 0 })).rejects.toThrow(
    'process 7 on elsewhere has taken the run over',
  );
  expect(readFileSync(paths.lock, 'utf8')).toBe(thief);
  expect(readCheckpoint(paths.last).standing.step).toBe(1);
});

test('failed.safetensors is the state before the failed step and its randomization: from it the failure repeats', async () => {
  const root = join(folder, 'failed');
  const spec = settings({ learningRate: 1e38 });
  const error = await train(root, {}, spec).catch((e: Error) => e);
  expect(error).toMatchObject({ name: 'DivergedError' });
  const paths = runPaths(root, trainRunName(spec, 3));
  const failed = readFileSync(paths.failed);
  const { standing, tensors } = readCheckpoint(paths.failed);
  // A randomization is due before every step.
  expect(standing.randomizations).toBe(standing.step);
  if (standing.step === 0) {
    const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8, classes: 2 });
    for (const [name, values] of initialState(network, 'score', { weights: 'ku', scores: 'ku', seed: 3 }))
      expect(tensors.get(name)!.data, name).toEqual(values);
  }
  for (const [name, { data }] of tensors)
    if (name.endsWith('.touched'))
      expect(Math.max(...(data as Int32Array))).toBeLessThanOrEqual(standing.step);
  copyFileSync(paths.failed, paths.last);
  const again = await train(root, {}, spec).catch((e: Error) => e);
  expect(again).toEqual(error);
  expect(readFileSync(paths.failed).equals(failed)).toBe(true);
});
