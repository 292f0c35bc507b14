import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import type { Dataset } from '../../../src/train/data/dataset.js';
import { openPipeline } from '../../../src/train/data/pipeline.js';
import { type PixelImages, pixelDataset } from '../../../src/train/data/pixels.js';

const size = 4;
const channels = 2;
const n = 30;
const images: PixelImages = {
  name: 'ramps',
  classes: ['a', 'b', 'c'],
  pixels: Uint8Array.from({ length: n * channels * size * size }, (_, i) => (i * 37) % 251),
  labels: Array.from({ length: n }, (_, i) => i % 3),
  channels,
  size,
};

test('images in memory are normalised, split 8:1:1 by chance that is fixed, and known by their content', async () => {
  const data = pixelDataset(images);
  const parts = (['train', 'validation', 'test'] as const).map((split) => [...data.indices(split)]);
  expect(parts.map((p) => p.length)).toEqual([24, 3, 3]);
  expect(parts.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  const pipeline = await openPipeline(data, { workers: 1 });
  const values: number[][] = [[], []];
  const area = size * size;
  for await (const batch of pipeline.evaluate({ split: 'train', batch: 5 }))
    batch.images.forEach((v, i) => {
      values[Math.floor(i / area) % channels]!.push(v);
    });
  await pipeline.close();
  for (const channel of values) {
    const mean = channel.reduce((a, b) => a + b, 0) / channel.length;
    const variance = channel.reduce((a, b) => a + (b - mean) ** 2, 0) / channel.length;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(variance).toBeCloseTo(1, 5);
  }
  const again = (change: Partial<PixelImages>) => pixelDataset({ ...images, ...change }).fingerprint;
  expect(again({})).toBe(data.fingerprint);
  const others: Partial<PixelImages>[] = [
    { pixels: images.pixels.with(3, 200) },
    { labels: Array.from(images.labels).with(0, 1) },
    { classes: ['a', 'b', 'd'] },
    { augment: { flip: true } },
    { std: [1, 1] },
    {
      splits: {
        train: data.indices('train'),
        validation: data.indices('test'),
        test: data.indices('validation'),
      },
    },
  ];
  expect(new Set([data.fingerprint, ...others.map(again)]).size).toBe(1 + others.length);
});

describe('parts that do not fit are refused by name', () => {
  const cases: readonly [string, Partial<PixelImages>, RegExp][] = [
    [
      'too few pixels',
      { pixels: images.pixels.slice(1) },
      /959 pixel values: 30 images of \[2, 4, 4\] hold 960/,
    ],
    [
      'a label that is no class',
      { labels: Array.from(images.labels).with(7, 3) },
      /ramps: label 3: must be an integer from 0 to 2/,
    ],
    ['one class', { classes: ['a'] }, /classes 1/],
    ['no images', { pixels: new Uint8Array(), labels: [] }, /images 0/],
    [
      'a split of images that are not there',
      { splits: { train: [0, 1], validation: [2], test: [30] } },
      /index of the test split 30/,
    ],
    ['a deviation of 0', { std: [1, 0] }, /std 0/],
    ['a mean for another channel count', { mean: [0] }, /mean holds 1 values; give 2/],
    ['a side of half a pixel', { size: 0.5 }, /size 0.5/],
  ];
  for (const [name, change, words] of cases)
    test(name, () => {
      expect(() => pixelDataset({ ...images, ...change })).toThrow(InputError);
      expect(() => pixelDataset({ ...images, ...change })).toThrow(words);
    });

  test('a dataset object of one’s own, when a pipeline is opened', async () => {
    const data = pixelDataset(images);
    const open = (change: Partial<Dataset>) => openPipeline({ ...data, ...change }, { workers: 1 });
    await expect(open({ labels: data.labels.slice(1) })).rejects.toThrow('29 labels are given for 30 images');
    await expect(open({ channels: 1 })).rejects.toThrow('transform is for images of another shape');
    await expect(open({ count: () => 1 })).rejects.toThrow("count('train')");
  });
});
