import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Batch } from '../../../src/train/data/index.js';
import { meanTime } from '../../../src/train/run/mean-time.js';

let clock = 0;
beforeEach(() => {
  clock = 5000;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => vi.restoreAllMocks());

/** Batches of two images, the third of none that can be read; one array for all, as a pipeline may have it. */
async function* batches(count: number): AsyncGenerator<Batch> {
  const [images, labels] = [new Float32Array(1), new Int32Array(2)];
  for (let index = 0; index < count; index++) {
    images[0] = index;
    yield { images, labels, count: index === 2 ? 0 : 2, epoch: 0, index };
  }
}

/** What the work was given, call by call. */
async function calls(count: number, together?: number) {
  const seen: number[][] = [];
  const work = async (held: readonly Batch[]) => {
    seen.push(held.map(({ images }) => images[0]!));
    // The first, which builds a graph, takes longer.
    clock += seen.length === 1 ? 300 : 10 * held.length;
  };
  const [seconds, images] = await meanTime(
    'train',
    batches(count),
    work,
    together === undefined ? undefined : () => together,
  );
  expect(images).toBe(2);
  return { seen, seconds };
}

test('five batches after the first are timed', async () => {
  const { seen, seconds } = await calls(100);
  expect(seen).toEqual([[0], [1], [3], [4], [5], [6]]);
  expect(seconds).toBe(0.01);
});

test('those that an engine takes together are timed so, whole calls of them', async () => {
  const { seen, seconds } = await calls(100, 4);
  expect(seen).toEqual([[0], [1, 3, 4, 5], [6, 7, 8, 9]]);
  expect(seconds).toBe(0.01);
  expect((await calls(100, 16)).seen.map((call) => call.length)).toEqual([1, 16]);
});

test('where there are fewer, those that there are', async () => {
  expect((await calls(5, 4)).seen).toEqual([[0], [1, 3, 4]]);
  const { seen, seconds } = await calls(1, 4);
  expect(seen).toEqual([[0]]);
  expect(seconds).toBe(0.3);
  await expect(meanTime('train', batches(0), async () => {})).rejects.toThrow(
    'the train split: holds no image',
  );
});
