import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { InputError } from '../../../src/core/errors.js';
import { checkDataset } from '../../../src/train/data/check.js';
import { decodeImage } from '../../../src/train/data/decode.js';
import { openFolder } from '../../../src/train/data/folder.js';
import { openDataset } from '../../../src/train/data/open.js';
import { openPipeline } from '../../../src/train/data/pipeline.js';
import { makeTransformer } from '../../../src/train/data/transform.js';
import type { Engine } from '../../../src/train/engines/engine.js';
import { evaluateSplit } from '../../../src/train/loop/evaluate.js';
import { temporaryFolder } from './temporary.js';

const root = temporaryFolder();
const options = { name: 'pictures', size: 32, validation: 0.1 };

function colour(width: number, height: number, background: { r: number; g: number; b: number }) {
  return sharp({ create: { width, height, channels: 3, background } });
}

beforeAll(async () => {
  for (const name of ['n02', 'n01', 'n10']) {
    mkdirSync(join(root, 'train', name), { recursive: true });
    mkdirSync(join(root, 'val', name), { recursive: true });
  }
  for (let i = 0; i < 10; i++)
    await colour(40 + 7 * i, 90 - 5 * i, { r: 20 * i, g: 100, b: 50 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toFile(join(root, 'train/n02', `${i}.JPEG`));
  const file = (name: string) => join(root, 'train/n01', name);
  await colour(50, 60, { r: 90, g: 90, b: 90 })
    .toColourspace('b-w')
    .jpeg({ quality: 100 })
    .toFile(file('grey.JPEG'));
  await colour(50, 60, { r: 200, g: 30, b: 30 })
    .toColourspace('cmyk')
    .jpeg({ quality: 100 })
    .toFile(file('cmyk.JPEG'));
  await colour(50, 60, { r: 1, g: 2, b: 3 }).png().toFile(file('png.JPEG'));
  await colour(50, 60, { r: 9, g: 8, b: 7 }).ensureAlpha(0.5).png().toFile(file('alpha.png'));
  await colour(50, 60, { r: 9, g: 8, b: 7 }).toFile(join(root, 'train/n10/a.jpg'));
  await colour(300, 200, { r: 9, g: 8, b: 7 }).toFile(join(root, 'val/n01/a.jpg'));
  await colour(30, 20, { r: 9, g: 8, b: 7 }).toFile(join(root, 'val/n10/a.jpg'));
  writeFileSync(join(root, 'train/n10/notes.txt'), 'no image');
});

describe('an image folder', () => {
  test('has its class folders as classes, in sorted order, and fixed splits', async () => {
    const dataset = await openFolder(root, options);
    expect(dataset.classes).toEqual(['n01', 'n02', 'n10']);
    expect(['train', 'validation', 'test'].map((s) => dataset.count(s as 'train'))).toEqual([13, 2, 2]);
    expect([...dataset.labels]).toEqual([0, 0, 0, 0, ...Array(10).fill(1), 2, 0, 2]);
    expect([...dataset.indices('test')]).toEqual([15, 16]);
    expect((await openFolder(root, options)).indices('validation')).toEqual(dataset.indices('validation'));
  });

  test('with val/ and test/ both takes nothing from train/', async () => {
    const both = join(root, '../', `${root.split('/').pop()}-both`);
    cpSync(root, both, { recursive: true });
    cpSync(join(root, 'val'), join(both, 'test'), { recursive: true });
    const dataset = await openFolder(both, options);
    expect(['train', 'validation', 'test'].map((s) => dataset.count(s as 'train'))).toEqual([15, 2, 2]);
    rmSync(join(both, 'val/n01/a.jpg'));
    expect((await openFolder(both, options)).fingerprint).not.toBe(dataset.fingerprint);
    mkdirSync(join(both, 'test/zebra'));
    await expect(openFolder(both, options)).rejects.toThrow(/test\/zebra: is a class that train\/ has not/);
    rmSync(both, { recursive: true });
  });

  test('its fingerprint covers the files’ content, and says so; the one before, names alone, stays known', async () => {
    const changed = join(root, '../', `${root.split('/').pop()}-changed`);
    cpSync(root, changed, { recursive: true });
    const before = await openFolder(changed, options);
    expect(before.fingerprint).toMatch(/^images-2:[0-9a-f]{64}$/);
    expect(before.fingerprint).toBe((await openFolder(root, options)).fingerprint);
    const file = join(changed, 'val/n01/a.jpg');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
    const after = await openFolder(changed, options);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(after.formerFingerprints).toEqual(before.formerFingerprints);
    const names = await openFolder(changed, options, { contents: false });
    expect(before.formerFingerprints).toEqual([names.fingerprint]);
    // Frozen: what runs of version 1 hold.
    const listed = ['grey', 'cmyk', 'png'].map((n) => `train/n01/${n}.JPEG`).concat('train/n01/alpha.png');
    for (let i = 0; i < 10; i++) listed.push(`train/n02/${i}.JPEG`);
    listed.push('train/n10/a.jpg');
    const tests = ['val/n01/a.jpg', 'val/n10/a.jpg'];
    const text = [...listed.sort(), ...tests].map((line) => `${line}\n`).join('');
    expect(names.fingerprint).toBe(createHash('sha256').update(text).digest('hex'));
    expect(readdirSync(changed).sort()).toEqual(['train', 'val']);
    rmSync(changed, { recursive: true });
  });

  test('what is missing is named', async () => {
    await expect(openFolder(join(root, 'nowhere'), options)).rejects.toThrow(
      /nowhere\/train: does not exist/,
    );
    await expect(openDataset('folder:')).rejects.toThrow(InputError);
    await expect(openDataset('imagnet')).rejects.toThrow(/did you mean 'imagenet'/);
  });
});

describe('decoding', () => {
  const pixel = async (name: string) => {
    const image = await decodeImage(join(root, 'train', name), 3);
    expect([image.width, image.height]).toEqual([50, 60]);
    return [0, 1, 2].map((c) => image.data[image.offset + c * image.channelStride + 1234 * image.step]!);
  };

  test('grey in all three channels, PNG under a JPEG name, transparency dropped', async () => {
    expect(await pixel('n01/grey.JPEG')).toEqual([90, 90, 90]);
    expect(await pixel('n01/png.JPEG')).toEqual([1, 2, 3]);
    expect(await pixel('n01/alpha.png')).toEqual([9, 8, 7]);
  });

  test('CMYK as RGB', async () => {
    const [r, g, b] = (await pixel('n01/cmyk.JPEG')) as [number, number, number];
    // Profiles differ in shade; red stays red.
    expect(r).toBeGreaterThan(140);
    expect(Math.max(g, b)).toBeLessThan(90);
  });

  test('what is no image of a kind that is read is named, whatever its name: a drawing is not rendered', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';
    expect((await sharp(Buffer.from(svg)).metadata()).format).toBe('svg');
    const kinds = 'not one of JPEG, PNG, WebP, GIF, TIFF, AVIF';
    for (const [bytes, words] of [
      [svg, 'an SVG drawing'],
      [`<?xml version="1.0"?>${svg}`, 'an SVG drawing'],
      ['BM\x36', 'a BMP image'],
      ['P6 1 1 255 abc', 'a PNM image'],
      ['<!DOCTYPE html><title>404</title>', 'a web page'],
      ['', 'the file is empty'],
      ['\x89PN', 'of an unknown kind'],
    ] as const) {
      const path = join(root, 'odd.png');
      writeFileSync(path, bytes, 'latin1');
      for (const given of [path, Buffer.from(bytes, 'latin1')])
        await expect(decodeImage(given, 3)).rejects.toThrow(new RegExp(`${words}, ${kinds}`));
    }
  });

  test('JPEG, PNG, WebP, GIF, TIFF and AVIF are read', async () => {
    for (const kind of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
      const bytes = await colour(16, 16, { r: 250, g: 10, b: 10 }).toFormat(kind).toBuffer();
      const { data, width, offset } = await decodeImage(bytes, 3);
      expect([width, data[offset]! > 200]).toEqual([16, true]);
    }
  });

  test('a colour set of grey images for a network of one channel', async () => {
    const image = await decodeImage(join(root, 'train/n01/grey.JPEG'), 1);
    expect(image.data[image.offset + 77 * image.step]).toBe(90);
  });
});

describe('batches of image files', () => {
  test('do not depend on the workers and hold each image’s own pixels', async () => {
    const dataset = await openFolder(root, options);
    const collect = async (workers: number) => {
      const pipeline = await openPipeline(dataset, { workers });
      const all: { labels: number[]; images: Float32Array }[] = [];
      for await (const b of pipeline.train({ seed: 1, batch: 5, epochs: 2 }))
        all.push({ labels: [...b.labels], images: b.images.slice() });
      const test: Float32Array[] = [];
      for await (const b of pipeline.evaluate({ split: 'test', batch: 4 })) test.push(b.images.slice());
      await pipeline.close();
      return { all, test };
    };
    const one = await collect(1);
    const three = await collect(3);
    expect(one.all.map((b) => b.labels)).toEqual(three.all.map((b) => b.labels));
    expect(
      one.all.every(
        (b, i) =>
          Buffer.compare(Buffer.from(b.images.buffer), Buffer.from(three.all[i]!.images.buffer)) === 0,
      ),
    ).toBe(true);
    // Every picture is of one colour, so every crop of it is, whatever its box: class 1 has green 100, blue 50.
    const expected = (v: number, c: 1 | 2) => (v / 255 - [0, 0.456, 0.406][c]!) / [0, 0.224, 0.225][c]!;
    for (const { labels, images } of one.all)
      labels.forEach((label, i) => {
        if (label !== 1) return;
        for (let p = 0; p < 1024; p++) {
          expect(Math.abs(images[i * 3072 + 1024 + p]! - expected(100, 1))).toBeLessThan(0.05);
          expect(Math.abs(images[i * 3072 + 2048 + p]! - expected(50, 2))).toBeLessThan(0.05);
        }
      });
    const transformer = makeTransformer(dataset.transform);
    const whole = new Float32Array(2 * 3072);
    for (const [k, index] of dataset.indices('test').entries()) {
      const { data, height, width } = await dataset.raw(index);
      transformer.evaluate(
        { data, offset: 0, channelStride: height * width, step: 1, height, width },
        whole,
        k * 3072,
      );
    }
    expect(one.test).toEqual([whole]);
  });

  test('an unreadable image stops the run by name, or is left out and counted', async () => {
    const broken = join(root, 'broken');
    cpSync(join(root, 'train'), join(broken, 'train'), { recursive: true });
    cpSync(join(root, 'val'), join(broken, 'val'), { recursive: true });
    writeFileSync(join(broken, 'train/n02/0.JPEG'), 'no image at all');
    const whole = readFileSync(join(broken, 'train/n02/1.JPEG'));
    writeFileSync(join(broken, 'train/n02/1.JPEG'), whole.subarray(0, whole.length >> 1));
    writeFileSync(join(broken, 'val/n10/a.jpg'), '');
    const dataset = await openFolder(broken, options);

    const checked = await checkDataset(dataset);
    expect(checked.images).toBe(17);
    expect(checked.unreadable.map((u) => u.file)).toEqual(
      ['train/n02/0.JPEG', 'train/n02/1.JPEG', 'val/n10/a.jpg'].map((f) => join(broken, f)),
    );

    const stopping = await openPipeline(dataset, { workers: 2 });
    await expect(
      (async () => {
        for await (const _ of stopping.evaluate({ split: 'test', batch: 1 }));
      })(),
    ).rejects.toThrow(/val\/n10\/a\.jpg: cannot be read as an image/);
    await stopping.close();

    const skipping = await openPipeline(dataset, { workers: 2, unreadable: 'skip' });
    const counts: number[] = [];
    for await (const batch of skipping.evaluate({ split: 'test', batch: 1 })) counts.push(batch.count);
    // The batch of the unreadable image alone is empty, yet has its place.
    expect(counts).toEqual([1, 0]);
    // In a larger batch another of its images fills its place, so that every count has the same size: one graph for all.
    const area = 3 * 32 * 32;
    for await (const { images, labels, count } of skipping.evaluate({ split: 'test', batch: 2 })) {
      expect([count, labels.length, images.length]).toEqual([1, 2, 2 * area]);
      expect(images.slice(area)).toEqual(images.slice(0, area));
    }
    const asked: number[][] = [];
    const engine = {
      evaluate: async (_: Float32Array, labels: ArrayLike<number>, count: number) => {
        asked.push([labels.length, count]);
        return { loss: 2, hits: 1, logits: new Float32Array() };
      },
    } as unknown as Engine;
    expect(await evaluateSplit(engine, skipping, 'test', 2)).toEqual({
      loss: 2,
      accuracy: 1,
      hits: 1,
      examples: 1,
    });
    expect(asked).toEqual([[2, 1]]);
    const sizes: number[] = [];
    for await (const batch of skipping.train({ seed: 1, batch: 7, epochs: 1 })) sizes.push(batch.count);
    expect(sizes).toEqual([7, 6]);
    const files = skipping.unreadable().map((u) => u.file);
    expect(new Set(files).size).toBe(files.length);
    expect(files).toContain(join(broken, 'val/n10/a.jpg'));
    await skipping.close();
  });

  test('iterand data check names them and exits with 1', async () => {
    const written: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
    try {
      await main(['data', 'check', `folder:${join(root, 'broken')}`]);
    } finally {
      process.stdout.write = write;
    }
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
    expect(written.join('')).toMatch(/unreadable: .*0\.JPEG[\s\S]*17 images, 3 unreadable/);
  });
});
