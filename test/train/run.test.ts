import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readState } from '../../src/runs/state.js';
import type { LoopCallbacks } from '../../src/train/loop.js';
import { type RunOptions, trainRun } from '../../src/train/run.js';
import { resolveTrainSpec } from '../../src/train/spec.js';
import { writeImages } from '../images.js';
import { temporaryFolder } from './data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
const broken = join(images, 'train', 'dark', '7.png');
beforeAll(async () => {
  await writeImages(images);
  writeFileSync(broken, 'no image');
});

const spec = () =>
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
  });
const run = (root: string, more: Partial<RunOptions> = {}) =>
  trainRun(spec(), 3, { root: join(folder, root), threads: 1, workers: 1, unreadable: 'skip', ...more });

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

test('stopped anywhere and resumed: the same bytes, images left out before the stop included', async () => {
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

test('changed data are refused, nothing written', async () => {
  const root = 'changed';
  const { paths } = await run(root, stopAfter(5));
  const before = readFileSync(paths.last);
  writeFileSync(
    join(images, 'train', 'dark', 'new.png'),
    readFileSync(join(images, 'train', 'dark', '0.png')),
  );
  await expect(run(root)).rejects.toThrow('the data have changed');
  expect(readFileSync(paths.last).equals(before)).toBe(true);
});
