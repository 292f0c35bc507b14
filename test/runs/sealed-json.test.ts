import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { readSealedJson, writeSealedJson } from '../../src/runs/sealed-json.js';

const path = join(mkdtempSync(join(tmpdir(), 'iterand-sealed-')), 'score.json');
const fields = { hits: v.number(), name: v.string() };
const SCORE = {
  format: 'score 2',
  schema: v.strictObject({ run: v.string(), ...fields }),
  unsealed: v.strictObject(fields),
  fix: 'take it anew',
};
const value = { run: 'a/seed-1', hits: 7307, name: 'digits' };

test('what was written is read; a flipped bit anywhere is refused or changes nothing', () => {
  writeSealedJson(path, SCORE, value);
  expect(readSealedJson(path, SCORE)).toEqual(value);
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      writeFileSync(path, changed);
      let read: unknown;
      try {
        read = readSealedJson(path, SCORE);
      } catch (error) {
        expect((error as Error).message).toMatch(`${path}: `);
        continue;
      }
      expect(read).toEqual(value);
    }
});

test('any other value under the same checksum is refused', () => {
  writeSealedJson(path, SCORE, value);
  const sealed = JSON.parse(readFileSync(path, 'utf8'));
  const other = fc.oneof(
    fc.record({ hits: fc.integer().filter((n) => n !== 7307) }),
    fc.record({ name: fc.string().filter((s) => s !== 'digits') }),
    fc.constantFrom({ sha256: null }, { format: 'score 3' }, { more: 1 }),
  );
  fc.assert(
    fc.property(other, (change) => {
      writeFileSync(path, JSON.stringify({ ...sealed, ...change }));
      expect(() => readSealedJson(path, SCORE)).toThrow(`${path}: is damaged: its content does not match`);
    }),
  );
});

test('a file of before the seal is read; a sealed one does not pass for it without its seal', () => {
  const { run, ...old } = value;
  writeFileSync(path, JSON.stringify(old));
  expect(readSealedJson(path, SCORE)).toEqual(old);
  writeSealedJson(path, SCORE, value);
  const { sha256, ...bare } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify(bare));
  expect(() => readSealedJson(path, SCORE)).toThrow("is damaged: 'format' is no known key");
  expect(readSealedJson(join(path, '..', 'none.json'), SCORE)).toBeUndefined();
});

test('a value against the schema is not written', () => {
  expect(() => writeSealedJson(path, SCORE, { ...value, hits: '7' as never })).toThrow('hits');
});
