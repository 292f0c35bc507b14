import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readState } from '../../../src/runs/state.js';
import { openDataset } from '../../../src/train/data/open.js';
import type { LoopCallbacks } from '../../../src/train/loop/callbacks.js';
import { readCheckpoint, writeCheckpoint } from '../../../src/train/run/checkpoint.js';
import { estimateRun } from '../../../src/train/run/estimate.js';
import type { RunOptions } from '../../../src/train/run/outcome.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
const broken = join(images, 'train', 'dark', '7.png');
beforeAll(async () => {
  await writeImages(images);
  writeFileSync(broken, 'no image');
});

const settings = (over: object = {}) =>
  resolveTrainSpec({
    network: 'conv2',
    width: 0.1,
    method: 'iterand',
    data: `folder:${images}`,
    imageSize: 8,
    epochs: 4,
    batch: 16,
    period: 2,
    warmup: 1,
    finalEpochs: 1,
    ...over,
  });
const run = (root: string, more: Partial<RunOptions> = {}) =>
  trainRun(settings(), 3, { root: join(folder, root), threads: 1, workers: 1, unreadable: 'skip', ...more });

/** Stops a run after so many steps. */
function stopAfter(steps: number): Partial<RunOptions> {
  const stop = new AbortController();
  let left = steps;
  const count: LoopCallbacks = {
    step: () => {
      if (--left === 0) stop.abort();
    },
  };
  return { signal: stop.signal, callbacks: [count] };
}

test('stopped anywhere and resumed: the same bytes, images left out before the stop included', {
  timeout: 180_000,
}, async () => {
  const whole = await run('whole');
  expect(whole).toMatchObject({
    state: 'finished',
    already: false,
    result: { unreadable: [broken], steps: 12 },
  });
  const files = ['steps', 'epochs', 'last', 'best', 'result'] as const;
  // The last step's stop leaves only the test split to do.
  for (const steps of [1, 3, 7, 11, 12]) {
    const root = `stopped ${steps}`;
    expect((await run(root, stopAfter(steps))).state).toBe('stopped');
    const resumed = await run(root);
    expect(resumed.state).toBe('finished');
    for (const file of files)
      expect(readFileSync(resumed.paths[file]).equals(readFileSync(whole.paths[file])), file).toBe(true);
  }
});

test('killed after its result was written, before its state was: finished', async () => {
  const { paths, state } = await run('whole');
  expect(state).toBe('finished');
  writeFileSync(paths.state, '{"state":"running"}');
  expect(readState(paths)).toEqual({ state: 'finished' });
  rmSync(paths.result);
  expect(readState(paths)).toEqual({ state: 'stopped' });
});

test('an unreadable image stops the run where that is asked for', async () => {
  await expect(run('strict', { unreadable: 'stop' })).rejects.toThrow(broken);
});

test('a checkpoint that is gone is an error, the records kept; from the best one the run ends the same', async () => {
  const root = 'lost';
  const { paths } = await run(root, stopAfter(5));
  const records = () => [paths.steps, paths.epochs].map((path) => readFileSync(path, 'utf8'));
  const before = records();
  rmSync(paths.last);
  for (const _ of [1, 2]) await expect(run(root)).rejects.toThrow(`${paths.last}: is missing`);
  expect(records()).toEqual(before);
  copyFileSync(paths.best, paths.last);
  expect((await run(root)).state).toBe('finished');
  const whole = await run('whole');
  for (const file of ['steps', 'epochs', 'last', 'best'] as const)
    expect(readFileSync(paths[file]).equals(readFileSync(whole.paths[file])), file).toBe(true);
});

test('killed before its first checkpoint it is begun anew; between that and its mark it goes on', async () => {
  const { paths } = await run('killed', stopAfter(5));
  writeFileSync(paths.state, '{"state":"running"}');
  expect(await run('killed', stopAfter(1))).toMatchObject({ standing: { step: 6 } });
  expect(readState(paths)).toMatchObject({ checkpoint: true });
  writeFileSync(paths.state, '{"state":"running"}');
  rmSync(paths.last);
  expect(await run('killed', stopAfter(1))).toMatchObject({ standing: { step: 1 } });
});

test('another number of threads on resuming is told of', async () => {
  const warned: string[] = [];
  const warn = (message: string) => warned.push(message);
  await run('threads', { ...stopAfter(1), warn });
  await run('threads', { ...stopAfter(1), warn });
  expect(warned).toEqual([]);
  await run('threads', { ...stopAfter(1), warn, threads: 2 });
  expect(warned).toEqual([expect.stringContaining('goes on with 2 threads, not 1 as before')]);
});

describe('images left out', () => {
  /** A copy of the images in which these files alone can be read. */
  const copy = (name: string, readable: (file: string) => boolean) => {
    const to = join(folder, name);
    cpSync(images, to, { recursive: true });
    for (const file of readdirSync(to, { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.png') && !readable(file)) writeFileSync(join(to, file), 'no image');
    return to;
  };
  const skip = (data: string, more: Partial<RunOptions> = {}) =>
    trainRun(settings({ data: `folder:${data}`, batch: 1, epochs: 2, finalEpochs: 0 }), 1, {
      root: `${data}-runs`,
      threads: 1,
      workers: 1,
      unreadable: 'skip',
      ...more,
    });

  test('may be all of a batch, the last of an epoch too: no step, yet the epoch ends', async () => {
    const one = copy('one', (file) => !file.startsWith('train') || file.endsWith(join('bright', '3.png')));
    const whole = await skip(one);
    expect(whole).toMatchObject({ result: { steps: 2, best: {} } });
    const epochs = readFileSync(whole.paths.epochs, 'utf8').trim().split('\n');
    expect(epochs.map((line) => JSON.parse(line).train.examples)).toEqual([1, 1]);
    const root = join(folder, 'one-stopped');
    expect((await skip(one, { root, ...stopAfter(1) })).state).toBe('stopped');
    const resumed = await skip(one, { root });
    expect(readFileSync(resumed.paths.last).equals(readFileSync(whole.paths.last))).toBe(true);
  });

  test('may not be all of a split', async () => {
    for (const split of ['train', 'val', 'test']) {
      const name = split === 'val' ? 'validation' : split;
      const data = copy(`no-${split}`, (file) => !file.startsWith(split));
      await expect(skip(data)).rejects.toThrow(`the ${name} split: holds no image that can be read`);
    }
    const plan = estimateRun(settings({ data: `folder:${join(folder, 'no-train')}` }), 1, {
      unreadable: 'skip',
    });
    await expect(plan).rejects.toThrow('the train split: holds no image');
  });

  test('a train split without images is refused, nothing written', async () => {
    const few = copy('few', () => true);
    rmSync(join(few, 'val'), { recursive: true });
    for (const file of readdirSync(join(few, 'train'), { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.png') && file !== join('dark', '0.png')) rmSync(join(few, 'train', file));
    await expect(skip(few)).rejects.toThrow('its train split is empty');
    expect(existsSync(`${few}-runs`)).toBe(false);
  });
});

test('a run whose checkpoint knows its images by name alone, as the first version wrote it, goes on', async () => {
  const root = 'by name';
  const { paths } = await run(root, stopAfter(5));
  const { formerFingerprints } = await openDataset(`folder:${images}`);
  for (const path of [paths.last, paths.best]) {
    const { standing, tensors } = readCheckpoint(path);
    writeCheckpoint(path, { standing: { ...standing, fingerprint: formerFingerprints![0]! }, tensors });
  }
  const whole = await run('whole');
  const resumed = await run(root);
  expect(resumed.state).toBe('finished');
  for (const file of ['steps', 'epochs', 'last', 'result'] as const)
    expect(readFileSync(paths[file]).equals(readFileSync(whole.paths[file])), file).toBe(true);
  const { standing, tensors } = readCheckpoint(paths.last);
  writeCheckpoint(paths.last, { standing: { ...standing, fingerprint: 'f'.repeat(64) }, tensors });
  rmSync(paths.result);
  await expect(run(root)).rejects.toThrow('the data have changed');
});

test('changed data are refused, nothing written', async () => {
  const root = 'changed';
  const { paths } = await run(root, stopAfter(5));
  const before = readFileSync(paths.last);
  writeFileSync(
    join(images, 'train', 'dark', 'new.png'),
    readFileSync(join(images, 'train', 'dark', '0.png')),
  );
  await expect(run(root)).rejects.toThrow('the data have changed');
  rmSync(join(images, 'train', 'dark', 'new.png'));
  const image = join(images, 'val', 'dark', '0.png');
  const content = readFileSync(image);
  writeFileSync(image, readFileSync(join(images, 'val', 'dark', '1.png')));
  await expect(run(root)).rejects.toThrow('the data have changed');
  writeFileSync(image, content);
  expect(readFileSync(paths.last).equals(before)).toBe(true);
});
