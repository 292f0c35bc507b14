import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { InputError } from '../../src/core/errors.js';
import { JsonLines, wholeLines } from '../../src/runs/lines.js';

// The superuser, as whom tests may run, is refused no file.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const refusing =
    <A extends unknown[], R>(call: (path: string, ...rest: A) => R) =>
    (path: string, ...rest: A): R => {
      if (String(path).endsWith('refused.jsonl'))
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      return call(path, ...rest);
    };
  return {
    ...fs,
    existsSync: (path: string) => path.endsWith('refused.jsonl') || fs.existsSync(path),
    openSync: refusing(fs.openSync),
    readFileSync: refusing(fs.readFileSync),
  };
});

const path = join(mkdtempSync(join(tmpdir(), 'iterand-lines-')), 'refused.jsonl');

test('a file that may not be opened is an error that names it', () => {
  for (const open of [() => new JsonLines(path, { bytes: 0 }), () => wholeLines(path)]) {
    expect(open).toThrow(InputError);
    expect(open).toThrow(`${path}: cannot be opened: permission denied`);
  }
});
