import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { fileError } from '../../src/core/file-error.js';
import { readBytes, requireWritable, writeAtomic } from '../../src/core/files.js';

const top = mkdtempSync(join(tmpdir(), 'iterand-files-'));
let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(top, `${count++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'file'), 'old');
  symlinkSync('loop', join(folder, 'loop'));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** What paths below the folder cannot be, and the message. */
const impossible: [name: string, path: string, message: string][] = [
  ['a file with a name that is too long', 'x'.repeat(300), 'too long a name'],
  ['a file below one', 'new/x/'.concat('y'.repeat(300), '/z'), 'too long a name'],
  ['a path that is too long', 'x/'.repeat(3000), 'too long a name'],
  ['a file below a file', 'file/below', 'not a folder'],
  ['a link that leads to itself', 'loop', 'leads back to itself'],
];

describe('requireWritable', () => {
  it.each([
    ['file', 'new.json'],
    ['file', 'file'],
    ['file', 'a/b/c.json'],
    ['folder', 'new'],
    ['folder', '.'],
    ['folder', 'a/b/c'],
  ] as const)('takes the %s %s and leaves nothing behind', (kind, path) => {
    requireWritable('--out', join(folder, path), kind);
    expect(readdirSync(folder).sort()).toEqual(['file', 'loop']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
  });

  const cases = [
    ...impossible.flatMap(([name, path, message]) =>
      (['file', 'folder'] as const).map((kind) => [name, path, kind, message] as const),
    ),
    ['a file where a folder is', '.', 'file', 'is a folder'],
    ['a folder where a file is', 'file', 'folder', 'is not a folder'],
    ['a file with no room for the temporary one', 'x'.repeat(250), 'file', 'too long a name'],
    ['a device', '/dev/null', 'file', 'is a device'],
  ] as const;
  it.each(cases)('refuses %s (%s, %s)', (_name, path, kind, message) => {
    const full = path.startsWith('/') ? path : join(folder, path);
    const attempt = () => requireWritable('--out', full, kind);
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError' }));
    expect(attempt).toThrow(message);
    expect(readdirSync(folder).sort()).toEqual(['file', 'loop']);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder without permission to write', () => {
    chmodSync(folder, 0o500);
    expect(() => requireWritable('--out', join(folder, 'a/b'), 'folder')).toThrow('permission denied');
    chmodSync(folder, 0o700);
  });
});

describe('file errors', () => {
  it.each(impossible)('are one line that names the path: %s', (_name, path, message) => {
    const full = join(folder, path);
    // Reading looks the missing folder up first; writing replaces the link.
    const attempts = [
      ...(path.startsWith('new') ? [] : [() => readBytes(full)]),
      ...(path === 'loop' ? [] : [() => writeAtomic(full, 'text')]),
    ];
    for (const attempt of attempts) {
      expect(attempt).toThrow(expect.objectContaining({ name: 'InputError', what: full }));
      expect(attempt).toThrow(message);
    }
  });

  it('leave a failed write without its temporary file', () => {
    mkdirSync(join(folder, 'taken'));
    expect(() => writeAtomic(join(folder, 'taken'), 'text')).toThrow('is a folder');
    expect(readdirSync(folder).sort()).toEqual(['file', 'loop', 'taken']);
  });

  it('name any code of the system, and leave other errors as they are', () => {
    const of = (code: string, more = {}) => Object.assign(new Error(`${code}: text`), { code, ...more });
    expect(fileError('x', of('EXDEV'))).toMatchObject({
      name: 'InputError',
      message: 'x: EXDEV: text; check the path.',
    });
    for (const other of [
      of('ERR_ASSERTION'),
      of('ECONNREFUSED', { address: '::1' }),
      new Error('E'),
      undefined,
    ])
      expect(fileError('x', other)).toBe(other);
  });
});
