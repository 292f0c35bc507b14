import { readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { splits } from '../../../src/train/data/dataset.js';
import { openMnist } from '../../../src/train/data/mnist.js';
import { openDataset } from '../../../src/train/data/open.js';
import { openPipeline } from '../../../src/train/data/pipeline.js';
import { temporaryFolder } from './temporary.js';

const mnist = openMnist();

test('holds the package’s digits, padded by two', async () => {
  const zeros = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('mnist/src/digits/0.json'), 'utf8'),
  ).data as number[];
  for (const index of [0, 1, 1000]) {
    const { data, height, width, channels } = await mnist.raw(index);
    expect([channels, height, width]).toEqual([1, 32, 32]);
    expect(mnist.labels[index]).toBe(0);
    const expected = Array.from({ length: 1024 }, (_, p) => {
      const y = Math.floor(p / 32) - 2;
      const x = (p % 32) - 2;
      const inside = y >= 0 && y < 28 && x >= 0 && x < 28;
      return inside ? Math.round(zeros[index * 784 + y * 28 + x]! * 255) : 0;
    });
    expect([...data]).toEqual(expected);
  }
});

test('without its border a digit is the inside of the padded one, in the same splits', async () => {
  const bare = openMnist({ size: 28 });
  expect(bare.size).toBe(28);
  expect(bare.fingerprint).toBe(mnist.fingerprint);
  for (const index of [0, 9999]) {
    const [inner, whole] = await Promise.all([bare.raw(index), mnist.raw(index)]);
    expect([inner.height, inner.width]).toEqual([28, 28]);
    for (let y = 0; y < 28; y++)
      expect(inner.data.slice(28 * y, 28 * (y + 1))).toEqual(
        whole.data.slice(32 * (y + 2) + 2, 32 * (y + 2) + 30),
      );
  }
  for (const split of splits) expect(bare.indices(split)).toEqual(mnist.indices(split));
  expect(() => openMnist({ size: 30 })).toThrow('imageSize 30: MNIST gives images of 32 pixels, or of 28');
});

test('unit pixels are the bytes divided by 255', async () => {
  const dataset = await openDataset('mnist', { size: 28, pixels: 'unit' });
  const pipeline = await openPipeline(dataset, { workers: 1 });
  for await (const { images } of pipeline.evaluate({ split: 'test', batch: 2 })) {
    const first = await dataset.raw(dataset.indices('test')[0]!);
    expect([...images.subarray(0, 784)]).toEqual([...first.data].map((byte) => Math.fround(byte / 255)));
    break;
  }
  await pipeline.close();
});

test('its splits are disjoint, cover all digits, and never change', () => {
  expect(splits.map((s) => mnist.count(s))).toEqual([7000, 1000, 2000]);
  const all = splits.flatMap((s) => [...mnist.indices(s)]).sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
  for (const split of splits) {
    const indices = mnist.indices(split);
    expect([...indices]).toEqual([...indices].sort((a, b) => a - b));
  }
  // Frozen: a change would make runs incomparable.
  expect([...mnist.indices('test').slice(0, 6)]).toEqual([0, 3, 5, 18, 22, 25]);
  expect([...mnist.indices('validation').slice(0, 6)]).toEqual([40, 42, 48, 59, 69, 106]);
});

test('a digit moved to another file, a changed pixel, a cut and a missing file are named', () => {
  const folder = temporaryFolder();
  const original = dirname(createRequire(import.meta.url).resolve('mnist/src/digits/0.json'));
  const path = (digit: number) => join(folder, `${digit}.json`);
  for (let digit = 0; digit < 10; digit++) symlinkSync(join(original, `${digit}.json`), path(digit));
  expect(openMnist({ folder }).fingerprint).toBe(mnist.fingerprint);
  const values = (digit: number) =>
    JSON.parse(readFileSync(join(original, `${digit}.json`), 'utf8')).data as number[];
  const replace = (digit: number, data: string) => {
    unlinkSync(path(digit));
    writeFileSync(path(digit), data);
  };
  const refused = (digit: number) => {
    expect(() => openMnist({ folder })).toThrow(InputError);
    expect(() => openMnist({ folder })).toThrow(path(digit));
  };
  const [eight, nine] = [values(8), values(9)];
  // The pixels in their order are the same, the labels are not.
  replace(8, JSON.stringify({ data: [...eight, ...nine.slice(0, 784)] }));
  replace(9, JSON.stringify({ data: nine.slice(784) }));
  refused(8);
  replace(8, JSON.stringify({ data: eight.slice(0, -784) }));
  refused(8);
  replace(8, JSON.stringify({ data: eight.with(300, eight[300] === 0 ? 1 : 0) }));
  replace(9, JSON.stringify({ data: nine }));
  expect(() => openMnist({ folder })).toThrow(`${folder}: does not hold the digits`);
  unlinkSync(path(8));
  refused(8);
});
