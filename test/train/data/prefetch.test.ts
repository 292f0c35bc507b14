import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aheadFor, prefetch } from '../../../src/train/data/prefetch.js';
import type { BatchResult, BatchTask } from '../../../src/train/data/task.js';
import { type PlacedTask, piecesOf } from '../../../src/train/data/tasks.js';

const MiB = 2 ** 20;

test('the memory holds for any number of threads, all of which have work', () => {
  const anything = fc.record({
    batch: fc.integer({ min: 1, max: 2048 }),
    bytes: fc.integer({ min: 1, max: 4 * 3 * 512 * 512 }),
    threads: fc.integer({ min: 1, max: 256 }),
    memory: fc.integer({ min: MiB, max: 1024 * MiB }),
  });
  fc.assert(
    fc.property(anything, ({ batch, bytes, threads, memory }) => {
      const { batches, images } = aheadFor(batch, bytes, threads, memory);
      const pieces = Math.ceil(batch / images);
      expect(batches).toBeGreaterThanOrEqual(1);
      // What rounding a batch up to whole pieces adds is less than a piece's image for each piece.
      if (2 * batch * bytes <= memory)
        expect(batches * pieces * images * bytes + batch * bytes).toBeLessThanOrEqual(
          memory + batches * pieces * bytes,
        );
      if (batches <= threads && batch >= 2 * threads)
        expect(batches * pieces).toBeGreaterThanOrEqual(threads);
    }),
    { numRuns: 2000, seed: 1 },
  );
  // 128 photographs of 224 pixels on 64 cores took 65 batches, 4.7 GiB.
  expect(aheadFor(128, 4 * 3 * 224 * 224, 63, 256 * MiB)).toEqual({ batches: 2, images: 3 });
  // Small images on few cores: whole batches, six ahead.
  expect(aheadFor(128, 4 * 3072, 1, 256 * MiB)).toEqual({ batches: 6, images: 128 });
});

/** A batch of `size` images whose label is their index, unreadable where that is odd. */
const taskOf = (index: number, size: number, training: boolean): PlacedTask => {
  const indices = Int32Array.from({ length: size }, (_, i) => 10 * index + i);
  const augment = training ? { seed: 1, epoch: 0, ranks: indices } : null;
  return { epoch: 0, index, task: { indices, labels: indices, files: null, augment } };
};

/** A worker that answers late and out of order, and counts the memory it has been given. */
function worker(unreadable: (index: number) => boolean) {
  const memories = new Set<ArrayBuffer>();
  let running = 0;
  const most = { running: 0 };
  const make = async ({ memory, indices }: BatchTask): Promise<BatchResult> => {
    expect(running++).toBeLessThan(100);
    most.running = Math.max(most.running, running);
    memories.add(memory);
    await new Promise((done) => setTimeout(done, indices[0]! % 3));
    const out = new Float32Array(memory);
    const readable = indices.filter((i) => !unreadable(i));
    for (const [i, index] of readable.entries()) out.set([index, -index], 2 * i);
    running--;
    const missing = indices.filter(unreadable);
    return {
      memory,
      labels: readable,
      unreadable: Array.from(missing, (i) => ({ file: `${i}`, reason: 'odd' })),
    };
  };
  return { make, memories, most };
}

test('batches come in order and whole, in few buffers, whatever the size of the pieces', async () => {
  for (const images of [1, 3, 7, 8])
    for (const batches of [1, 2, 6]) {
      const { make, memories, most } = worker(() => false);
      const tasks = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => taskOf(i, i === 9 ? 5 : 8, true));
      const seen: number[][] = [];
      for await (const batch of prefetch(tasks.values(), { batches, images }, 2, make)) {
        expect([...batch.images]).toEqual([...batch.labels].flatMap((label) => [label, -label]));
        seen.push([...batch.labels]);
      }
      expect(seen).toEqual(tasks.map(({ task }) => [...task.labels]));
      const pieces = Math.ceil(8 / images);
      expect(most.running).toBeLessThanOrEqual(batches * pieces);
      // Beside those in the making, a whole batch lies in the buffer it was made in.
      expect(memories.size).toBeLessThanOrEqual(batches * pieces + (pieces === 1 ? 1 : 0));
    }
});

test('images that cannot be read are replaced alike, whatever the pieces', async () => {
  const odd = (i: number) => i % 2 === 1;
  const results: unknown[] = [];
  for (const images of [1, 3, 8])
    for (const training of [true, false]) {
      const { make } = worker((i) => odd(i) || i >= 20);
      const tasks = [taskOf(0, 8, training), taskOf(1, 5, training), taskOf(2, 4, training)];
      const seen: unknown[] = [];
      for await (const batch of prefetch(tasks.values(), { batches: 2, images }, 2, make))
        seen.push([
          [...batch.labels],
          batch.count,
          [...batch.images],
          batch.unreadable.map(({ file }) => file),
        ]);
      results.push({ training, seen });
    }
  const expected = (training: boolean) => {
    const pair = (labels: number[]) => labels.flatMap((label) => [label, -label]);
    const first = [0, 2, 4, 6, 0, 2, 4, 6];
    const second = [10, 12, 14, 10, 12];
    return {
      training,
      seen: [
        [first, training ? 8 : 4, pair(first), ['1', '3', '5', '7']],
        [second, training ? 5 : 3, pair(second), ['11', '13']],
        [[], 0, [], ['20', '21', '22', '23']],
      ],
    };
  };
  expect(results).toEqual([true, false, true, false, true, false].map(expected));
});

test('a failing worker fails the iteration, and an iteration left early waits for nobody', async () => {
  const make = async ({ indices }: BatchTask): Promise<BatchResult> => {
    if (indices[0]! >= 20) throw new Error('worker died');
    return { memory: new ArrayBuffer(64), labels: indices, unreadable: [] };
  };
  const all = async (until: number) => {
    let count = 0;
    const tasks = [0, 1, 2, 3].map((i) => taskOf(i, 8, true));
    for await (const _ of prefetch(tasks.values(), { batches: 3, images: 8 }, 2, make))
      if (++count === until) break;
    return count;
  };
  await expect(all(9)).rejects.toThrow('worker died');
  expect(await all(1)).toBe(1);
});

test('a task in pieces is the task', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 41 }), (size, most) => {
      const { task } = taskOf(1, size, true);
      const pieces = piecesOf(task, most);
      expect(pieces.flatMap((p) => [...p.indices])).toEqual([...task.indices]);
      expect(pieces.flatMap((p) => [...p.augment!.ranks])).toEqual([...task.augment!.ranks]);
      for (const piece of pieces) expect(piece.indices.length).toBeLessThanOrEqual(most);
    }),
  );
});
