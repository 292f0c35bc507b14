import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { type HashOptions, hashFolder } from '../../../src/train/data/folder-hash.js';
import { readStamps, writeStamps } from '../../../src/train/data/folder-stamps.js';
import { temporaryFolder } from './temporary.js';

const top = temporaryFolder();
const classes = [
  { path: 'train/a', names: ['1.png', '2.png'] },
  { path: 'train/b', names: ['1.png'] },
];
let root = '';
let memory: string[] = [];
let made = 0;
beforeEach(() => {
  root = join(top, `${made++}`);
  memory = [join(root, 'memory.json'), join(root, 'cache', 'memory.json')];
  for (const { path, names } of classes) {
    mkdirSync(join(root, path), { recursive: true });
    for (const name of names) writeFileSync(join(root, path, name), `${path} ${name}`);
  }
});

/** As if the files had been written a minute ago; everything is worth remembering. */
const hash = (more: HashOptions = {}) =>
  hashFolder(root, classes, { memory, now: Date.now() + 60_000, worth: { bytes: 0, files: 0 }, ...more });
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
/** The digest, computed anew from what is there. */
const expected = () =>
  sha256(
    classes
      .map(({ path, names }) => {
        const lines = names.map((name) => {
          const content = readFileSync(join(root, path, name));
          return `${name}\0${content.length}\0${sha256(content)}\n`;
        });
        return `${path}\0${sha256(lines.join(''))}\n`;
      })
      .join(''),
  );

test('is the digest of names, sizes and contents, with a memory or without', async () => {
  for (const options of [{ memory: [] }, {}, {}, { now: Date.now() }])
    expect(await hash(options)).toBe(expected());
  const both = await Promise.all([hash(), hash()]);
  expect(both).toEqual([expected(), expected()]);
});

test('a class is read again if a size, a time or a name of it changes, and only then', async () => {
  await hash();
  const remembered = await readStamps(memory);
  expect([...remembered.keys()]).toEqual(['train/a', 'train/b']);
  // What is remembered is believed while nothing changes: a digest that is no file's shows it.
  const forged = new Map(
    [...remembered].map(([path, { stamp }]) => [path, { stamp, digest: `forged ${path}` }]),
  );
  writeStamps(memory, forged);
  expect(await hash()).toBe(sha256('train/a\0forged train/a\ntrain/b\0forged train/b\n'));
  const file = join(root, 'train/a/2.png');
  const { atime, mtime } = statSync(file);
  // The same size, and the time put back: the status change cannot be.
  writeFileSync(file, 'TRAIN/A 2.png');
  utimesSync(file, atime, mtime);
  // Through seconds as a double, the time comes back to a microsecond.
  expect(Math.abs(statSync(file).mtimeMs - mtime.getTime())).toBeLessThan(1e-2);
  const [fresh] = [
    sha256(
      ['1.png', '2.png']
        .map((n) => {
          const content = readFileSync(join(root, 'train/a', n));
          return `${n}\0${content.length}\0${sha256(content)}\n`;
        })
        .join(''),
    ),
  ];
  expect(await hash()).toBe(sha256(`train/a\0${fresh}\ntrain/b\0forged train/b\n`));
});

test('a file changed just before it is read is not remembered: it may change again within the same time', async () => {
  await hash({ now: Date.now() });
  expect((await readStamps(memory)).size).toBe(0);
  await hash();
  expect((await readStamps(memory)).size).toBe(2);
});

test('a memory that is damaged in any way is no memory', async () => {
  await hash();
  const text = readFileSync(memory[0]!);
  const { uniform } = stream(1, 'memory');
  for (let i = 0; i < 100; i++) {
    const copy = Buffer.from(text);
    copy[Math.floor(uniform() * copy.length)]! ^= 1 << Math.floor(8 * uniform());
    writeFileSync(memory[0]!, i % 2 === 0 ? copy : copy.subarray(0, Math.floor(uniform() * copy.length)));
    expect(await hash({ worth: { bytes: 1e9, files: 1e9 } })).toBe(expected());
  }
});

test('it lies where it can be written first; nowhere is no error; what is quickly read is not remembered', async () => {
  const below = join(root, 'train/a/1.png', 'memory.json');
  expect(await hash({ memory: [below, memory[1]!] })).toBe(expected());
  expect((await readStamps([below, memory[1]!])).size).toBe(2);
  expect(await hash({ memory: [below] })).toBe(expected());
  expect(await hashFolder(root, classes, { memory: [memory[0]!], now: Date.now() + 60_000 })).toBe(
    expected(),
  );
  expect(readdirSync(root).sort()).toEqual(['cache', 'train']);
});

test('a file that cannot be read counts as such, whatever its name, and is not remembered', async () => {
  symlinkSync(join(root, 'nowhere'), join(root, 'train/b/2.png'));
  const listed = [classes[0]!, { path: 'train/b', names: ['1.png', '2.png'] }];
  const options = { memory, now: Date.now() + 60_000, worth: { bytes: 0, files: 0 } };
  const broken = await hashFolder(root, listed, options);
  expect(broken).not.toBe(await hash({ memory: [] }));
  expect([...(await readStamps(memory)).keys()]).toEqual(['train/a']);
  writeFileSync(join(root, 'nowhere'), 'here');
  expect(await hashFolder(root, listed, options)).not.toBe(broken);
});
