import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { create } from 'tar';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import { binaryFiles, cifarClasses, recordBytes } from '../../../src/train/data/cifar10/format.js';
import { importCifar10 } from '../../../src/train/data/cifar10/import.js';
import { readCifarFolder } from '../../../src/train/data/cifar10/open.js';
import { splits } from '../../../src/train/data/dataset.js';
import { temporaryFolder } from './temporary.js';

const recordsPerFile = 20;
const root = temporaryFolder();
const binaries = join(root, 'cifar-10-batches-bin');
const pictures = join(root, 'pictures');

/** Record r of file f: label r % 10, noise for pixels. */
const records = binaryFiles.map((_, f) => {
  const { uint32 } = stream(1, 'cifar', f);
  return Uint8Array.from({ length: recordsPerFile * recordBytes }, (_, i) =>
    i % recordBytes === 0 ? (i / recordBytes) % 10 : uint32() & 255,
  );
});

beforeAll(async () => {
  mkdirSync(binaries, { recursive: true });
  for (const [f, name] of binaryFiles.entries()) writeFileSync(join(binaries, name), records[f]!);
  writeFileSync(join(binaries, 'readme.html'), 'not data');
  for (const split of ['train', 'test'])
    for (const name of cifarClasses) {
      mkdirSync(join(pictures, split, name), { recursive: true });
      const count = (split === 'train' ? 5 : 1) * (recordsPerFile / 10);
      for (let i = 0; i < count; i++) {
        const level = 20 * cifarClasses.indexOf(name) + i;
        const raw = { width: 32, height: 32, channels: 3 } as const;
        const file = join(pictures, split, name, `${i}.png`);
        await sharp(Buffer.alloc(3072, level), { raw }).png().toFile(file);
      }
    }
  await create({ file: join(root, 'binaries.tar.gz'), cwd: root, gzip: true }, ['cifar-10-batches-bin']);
  await create({ file: join(root, 'binaries.tar'), cwd: root }, ['cifar-10-batches-bin']);
  await create({ file: join(root, 'pictures.tar'), cwd: pictures }, ['train', 'test']);
});

let count = 0;
const fresh = () => join(root, `data${count++}`);
const run = (from: string, dataFolder: string, replace = false) =>
  importCifar10({ from, dataFolder, replace, recordsPerFile });
const open = (dataFolder: string) => readCifarFolder(join(dataFolder, 'cifar10'), recordsPerFile);

describe('import of CIFAR-10', () => {
  test.each(['cifar-10-batches-bin', '.', 'binaries.tar.gz'])('binary files from %s', async (from) => {
    const data = fresh();
    const manifest = await run(from === '.' ? binaries : join(root, from), data);
    expect(manifest.name).toBe('CIFAR-10');
    expect(readdirSync(join(data, 'cifar10')).sort()).toEqual([...binaryFiles, 'manifest.json'].sort());
    expect(readdirSync(data)).toEqual(['cifar10']);
    const dataset = open(data);
    expect(splits.map((s) => dataset.count(s))).toEqual([90, 10, 20]);
    for (const index of [0, 19, 20, 99, 119]) {
      const record = (index % recordsPerFile) * recordBytes;
      const file = records[Math.floor(index / recordsPerFile)]!;
      expect(dataset.labels[index]).toBe(file[record]);
      expect((await dataset.raw(index)).data).toEqual(file.slice(record + 1, record + recordBytes));
    }
  });

  test('an image folder, and the same in a .tar', async () => {
    const [a, b] = [fresh(), fresh()];
    expect((await run(pictures, a)).name).toBe('CIFAR-10');
    await run(join(root, 'pictures.tar'), b);
    const dataset = open(a);
    expect(open(b).fingerprint).toBe(dataset.fingerprint);
    for (const index of [0, 9, 10, 57, 99]) {
      const label = Math.floor(index / 10);
      expect(dataset.labels[index]).toBe(label);
      expect(new Set((await dataset.raw(index)).data)).toEqual(new Set([20 * label + (index % 10)]));
    }
    expect(new Set((await dataset.raw(119)).data)).toEqual(new Set([181]));
  });

  test('JPEG copies are named so', async () => {
    const jpegs = join(root, 'jpegs');
    for (const split of ['train', 'test'])
      for (const name of cifarClasses) {
        mkdirSync(join(jpegs, split, name), { recursive: true });
        for (const file of readdirSync(join(pictures, split, name)))
          await sharp(join(pictures, split, name, file))
            .jpeg()
            .toFile(join(jpegs, split, name, file.replace('png', 'jpg')));
      }
    const data = fresh();
    expect((await run(jpegs, data)).name).toBe('CIFAR-10 (JPEG copies)');
    expect(open(data).name).toBe('CIFAR-10 (JPEG copies)');
  });

  test('replaces only when asked to', async () => {
    const data = fresh();
    await run(binaries, data);
    const before = open(data).fingerprint;
    await expect(run(pictures, data)).rejects.toThrow(/exists already; pass --replace/);
    expect(open(data).fingerprint).toBe(before);
    await run(pictures, data, true);
    expect(open(data).fingerprint).not.toBe(before);
    expect(readdirSync(data)).toEqual(['cifar10']);
  });
});

describe('damage', () => {
  const damagedFolder = (change: (files: Map<string, Uint8Array>) => void): string => {
    const folder = fresh();
    mkdirSync(folder);
    const files = new Map(binaryFiles.map((name, f) => [name, records[f]!.slice()]));
    change(files);
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    return folder;
  };

  test.each([
    ['a missing file', (f: Map<string, Uint8Array>) => f.delete('test_batch.bin'), /has no test_batch\.bin/],
    [
      'a short file',
      (f: Map<string, Uint8Array>) => f.set('data_batch_3.bin', new Uint8Array(7)),
      /data_batch_3\.bin: has 7 bytes, not 61460/,
    ],
    [
      'a bad label',
      (f: Map<string, Uint8Array>) => {
        f.get('data_batch_2.bin')![3 * recordBytes] = 10;
      },
      /data_batch_2\.bin: record 3 has the label 10/,
    ],
    [
      'uneven classes',
      (f: Map<string, Uint8Array>) => {
        f.get('test_batch.bin')![0] = 1;
      },
      /test_batch\.bin: hold 1 images of class 'airplane', not 2/,
    ],
  ])('%s is named before anything is written', async (_, change, message) => {
    const data = fresh();
    const folder = damagedFolder(change);
    await expect(run(folder, data)).rejects.toThrow(message);
    await expect(run(folder, data)).rejects.toThrow(InputError);
    expect(() => readdirSync(data)).toThrow();
  });

  test('a cut archive, a file that is none, a missing one', async () => {
    const cut = join(root, 'cut.tar.gz');
    const whole = readFileSync(join(root, 'binaries.tar.gz'));
    writeFileSync(cut, whole.subarray(0, whole.length >> 1));
    await expect(run(cut, fresh())).rejects.toThrow(/is no complete \.tar/);
    const cutTar = join(root, 'cut.tar');
    writeFileSync(cutTar, readFileSync(join(root, 'binaries.tar')).subarray(0, 100_000));
    await expect(run(cutTar, fresh())).rejects.toThrow(/is no complete \.tar/);
    const text = join(root, 'text.tar');
    writeFileSync(text, 'x'.repeat(2000));
    await expect(run(text, fresh())).rejects.toThrow(InputError);
    await expect(run(join(root, 'nothing'), fresh())).rejects.toThrow(/does not exist/);
  });

  test('an image of another size, and a class too many', async () => {
    const folder = join(root, 'wrong');
    mkdirSync(join(folder, 'train/zebra'), { recursive: true });
    writeFileSync(join(folder, 'train/zebra/1.png'), readFileSync(join(pictures, 'train/cat/0.png')));
    await expect(run(folder, fresh())).rejects.toThrow(/holds 0 images train\/airplane\/\*, not 10/);
  });

  test('a changed or cut file in the data folder', async () => {
    const data = fresh();
    await run(binaries, data);
    const file = join(data, 'cifar10', 'data_batch_4.bin');
    const bytes = readFileSync(file);
    bytes[100] = bytes[100]! ^ 1;
    writeFileSync(file, bytes);
    expect(() => open(data)).toThrow(/data_batch_4\.bin: has SHA-256 .* not .* as when it was imported/);
    writeFileSync(file, bytes.subarray(1));
    expect(() => open(data)).toThrow(/data_batch_4\.bin: has 61459 bytes/);
  });

  test('a manifest that does not cover every file, or is none, is named: no file is read unchecked', async () => {
    const data = fresh();
    await run(binaries, data);
    const path = join(data, 'cifar10', 'manifest.json');
    const text = readFileSync(path, 'utf8');
    const { sha256, ...rest } = JSON.parse(text);
    const { 'data_batch_4.bin': fourth, ...others } = sha256;
    for (const [bad, words] of [
      ['{', /is no JSON/],
      ['[]', /sha256|name|Object/],
      [JSON.stringify({ ...rest, sha256: others }), /sha256\.data_batch_4\.bin/],
      [JSON.stringify({ ...rest, sha256: {} }), /data_batch_1\.bin/],
      [JSON.stringify({ ...rest, sha256: { ...sha256, 'data_batch_4.bin': null } }), /data_batch_4\.bin/],
      [
        JSON.stringify({ ...rest, sha256: { ...sha256, 'data_batch_6.bin': fourth } }),
        /data_batch_6\.bin|sha256/,
      ],
      [JSON.stringify({ ...rest, name: 'CIFAR-100', sha256 }), /name/],
      [text.replace('"source"', '"name": "CIFAR-10", "source"'), /the key 'name' twice/],
    ] as const) {
      writeFileSync(path, bad);
      expect(() => open(data)).toThrow(InputError);
      expect(() => open(data)).toThrow(/manifest\.json: is no manifest of an import/);
      expect(() => open(data)).toThrow(words);
    }
  });
});
