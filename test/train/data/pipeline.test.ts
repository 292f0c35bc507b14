import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import type { Batch } from '../../../src/train/data/batches.js';
import { imagenetMoments, memoryDataset, sharedBytes, splitOff } from '../../../src/train/data/dataset.js';
import { openPipeline, type Pipeline } from '../../../src/train/data/pipeline.js';
import { makeTransformer, planar } from '../../../src/train/data/transform.js';

/** 70 noise images of CIFAR's shape whose label is their index, so that a batch tells which images it holds. */
function noise() {
  const n = 70;
  const pixels = sharedBytes(n * 3072);
  const { uint32 } = stream(1, 'noise');
  for (let i = 0; i < pixels.length; i++) pixels[i] = uint32() & 255;
  const { rest, taken } = splitOff(60, 10, 'noise');
  return memoryDataset({
    name: 'noise',
    fingerprint: '',
    classes: Array.from({ length: n }, (_, i) => `${i}`),
    transform: {
      channels: 3,
      size: 32,
      ...imagenetMoments,
      augment: { pad: 4, crop: true, flip: true },
      resize: 0,
    },
    pixels,
    labels: Int32Array.from({ length: n }, (_, i) => i),
    splits: { train: rest, validation: taken, test: Int32Array.from({ length: 10 }, (_, i) => 60 + i) },
  });
}

const dataset = noise();
const open: Pipeline[] = [];
const pipeline = async (workers: number) => {
  const made = await openPipeline(dataset, { workers });
  open.push(made);
  return made;
};
afterAll(() => Promise.all(open.map((p) => p.close())));

/** A batch with a digest of each image in place of its values. */
type Digested = Omit<Batch, 'images'> & { readonly images: readonly string[] };

function digest(batch: Batch): Digested {
  const images = Array.from({ length: batch.count }, (_, i) =>
    createHash('sha256')
      .update(batch.images.subarray(i * 3072, (i + 1) * 3072))
      .digest('hex'),
  );
  return { ...batch, images };
}

async function collect(batches: AsyncIterable<Batch>): Promise<Digested[]> {
  const all: Digested[] = [];
  for await (const batch of batches) all.push(digest(batch));
  return all;
}

describe('training batches', () => {
  const options = { seed: 3, batch: 8, epochs: 3 };

  test('are the same for any number of workers, and from any position on', async () => {
    const one = await pipeline(1);
    const all = await collect(one.train(options));
    expect(all).toEqual(await collect((await pipeline(3)).train(options)));
    // So little memory that every batch is made in pieces.
    const tight = await openPipeline(dataset, { workers: 3, memory: 2 });
    open.push(tight);
    expect(all).toEqual(await collect(tight.train(options)));
    expect(await collect(tight.evaluate({ split: 'validation', batch: 4 }))).toEqual(
      await collect(one.evaluate({ split: 'validation', batch: 4 })),
    );
    expect(all.length).toBe(3 * 7);
    for (const [epoch, batch] of [
      [0, 0],
      [0, 6],
      [0, 7],
      [1, 3],
      [2, 0],
      [2, 7],
      [3, 0],
    ] as const) {
      const tail = await collect(one.train({ ...options, from: { epoch, batch } }));
      expect(tail).toEqual(all.slice(epoch * 7 + batch));
    }
  });

  test('hold every training image once an epoch, in an order of its own', async () => {
    const all = await collect((await pipeline(2)).train(options));
    const order = [0, 1, 2].map((epoch) =>
      all.filter((b) => b.epoch === epoch).flatMap((b) => [...b.labels]),
    );
    for (const epoch of order) expect(epoch.toSorted((a, b) => a - b)).toEqual([...dataset.indices('train')]);
    expect(order[0]).not.toEqual(order[1]);
    expect(order[1]).not.toEqual(order[2]);
    expect(all.map((b) => b.index)).toEqual([0, 1, 2].flatMap(() => [0, 1, 2, 3, 4, 5, 6]));
    expect(all.map((b) => b.count)).toEqual([0, 1, 2].flatMap(() => [8, 8, 8, 8, 8, 8, 2]));
  });

  test('an image’s augmentation depends on seed, epoch and image, not on its batch', async () => {
    const p = await pipeline(1);
    const byImage = (batches: Digested[], epoch: number) =>
      new Map(
        batches
          .filter((b) => b.epoch === epoch)
          .flatMap((b) => [...b.labels].map((l, i) => [l, b.images[i]!] as const)),
      );
    const small = await collect(p.train(options));
    const large = await collect(p.train({ ...options, batch: 25 }));
    expect(byImage(small, 1)).toEqual(byImage(large, 1));
    expect(byImage(small, 1)).not.toEqual(byImage(small, 2));
    const other = await collect(p.train({ ...options, seed: 4 }));
    expect(byImage(other, 1)).not.toEqual(byImage(small, 1));
  });

  test('the short last batch can be left out', async () => {
    const p = await pipeline(1);
    const batches = await collect(p.train({ ...options, last: 'drop' }));
    expect(batches.map((b) => b.count)).toEqual(Array(18).fill(8));
    expect(p.batchesPerEpoch({ split: 'train', batch: 8, last: 'drop' })).toBe(6);
    expect(p.batchesPerEpoch({ split: 'train', batch: 8 })).toBe(7);
  });

  test('leaving early, then going on with another iteration, mixes nothing up', async () => {
    const p = await pipeline(2);
    const first = await collect(p.train({ ...options, epochs: 1 }));
    for (let round = 0; round < 5; round++) {
      for await (const batch of p.train(options)) if (batch.index === round) break;
      expect(await collect(p.train({ ...options, epochs: 1 }))).toEqual(first);
    }
    const outer: Digested[] = [];
    for await (const batch of p.train({ ...options, epochs: 1 })) {
      outer.push(digest(batch));
      if (batch.index % 3 === 0) await collect(p.evaluate({ split: 'test', batch: 4 }));
    }
    expect(outer).toEqual(first);
  });
});

test('evaluation batches hold every image once, in order, normalised and nothing else', async () => {
  const p = await pipeline(2);
  const counts: number[] = [];
  const seen: number[] = [];
  const { mean, std } = imagenetMoments;
  for await (const { images, labels, count } of p.evaluate({ split: 'validation', batch: 4 })) {
    counts.push(count);
    seen.push(...labels);
    for (let i = 0; i < count; i++) {
      const { data } = await dataset.raw(labels[i]!);
      const expected = Float32Array.from(data, (v, p) => {
        const c = Math.floor(p / 1024);
        return (v / 255 - mean[c]!) / std[c]!;
      });
      expect(
        Buffer.compare(
          Buffer.from(images.slice(i * 3072, (i + 1) * 3072).buffer),
          Buffer.from(expected.buffer),
        ),
      ).toBe(0);
    }
  }
  expect(counts).toEqual([4, 4, 2]);
  expect(seen).toEqual([...dataset.indices('validation')]);
});

test('a bad batch size is named', async () => {
  const p = await pipeline(1);
  expect(() => p.train({ seed: 1, batch: 0, epochs: 1 })).toThrow(InputError);
  expect(() => p.evaluate({ split: 'test', batch: 1.5 })).toThrow(/batch 1.5/);
});

test('evaluation of a photograph resizes the shorter side and takes the centre', () => {
  // A ramp from left to right: bilinear keeps it, so the crop's place shows in its values.
  const transformer = makeTransformer({
    channels: 1,
    size: 8,
    mean: [0],
    std: [1 / 255],
    augment: { pad: 0, crop: true, flip: true },
    resize: 10,
  });
  const height = 20;
  const width = 41;
  const data = Uint8Array.from({ length: height * width }, (_, p) => 4 * (p % width));
  const out = new Float32Array(64);
  transformer.evaluate(planar(data, 0, height, width), out, 0);
  // torchvision: resized to 10 x 20 (41 / 2 cut), crop from left round(6) = 6; centre of column x is (6 + x + 0.5) * 2.05 - 0.5.
  for (let p = 0; p < 64; p++) {
    const ramp = 4 * ((6 + (p % 8) + 0.5) * 2.05 - 0.5);
    expect(Math.abs(out[p]! - ramp)).toBeLessThan(1.1);
  }
});
