import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Tensor } from '../../src/core/safetensors.js';
import { JsonLines, readJsonLines } from '../../src/runs/lines.js';
import { readSealed, writeSealed } from '../../src/runs/sealed.js';

const folder = mkdtempSync(join(tmpdir(), 'iterand-runs-'));
let files = 0;
const fresh = () => join(folder, `${files++}`);

test('lines cut back to a length and written again are the bytes of an uninterrupted file', () => {
  const record = fc.record({ step: fc.nat(), loss: fc.double({ noNaN: true, noDefaultInfinity: true }) });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), fc.nat(12), fc.nat(12), (records, i, j) => {
      const [saved, killed] = [Math.min(i, j, records.length), Math.min(Math.max(i, j), records.length)];
      const [whole, cut] = [fresh(), fresh()];
      const straight = new JsonLines(whole, 0);
      for (const r of records) straight.append(r);
      straight.close();
      const first = new JsonLines(cut, 0);
      for (const r of records.slice(0, saved)) first.append(r);
      const { length } = first;
      for (const r of records.slice(saved, killed)) first.append(r);
      first.close();
      appendFileSync(cut, '{"step":');
      const resumed = new JsonLines(cut, length);
      for (const r of records.slice(saved)) resumed.append(r);
      resumed.close();
      expect(readFileSync(cut, 'utf8')).toBe(readFileSync(whole, 'utf8'));
      expect(canonicalZero(readJsonLines(cut))).toEqual(canonicalZero(records));
    }),
    { numRuns: 40 },
  );
});

/** JSON has no -0. */
const canonicalZero = (value: unknown) => JSON.parse(JSON.stringify(value));

test('a last line without its end is not read; one that is no JSON is an error with its number', () => {
  const path = fresh();
  writeFileSync(path, '{"a":1}\n{"a":');
  expect(readJsonLines(path)).toEqual([{ a: 1 }]);
  writeFileSync(path, '{"a":1}\nnonsense\n');
  expect(() => readJsonLines(path)).toThrow(`${path}, line 2: is damaged`);
  expect(readJsonLines(fresh())).toEqual([]);
});

test('lines shorter than the checkpoint says are damaged', () => {
  const path = fresh();
  writeFileSync(path, '{"a":1}\n');
  expect(() => new JsonLines(path, 9)).toThrow('it holds 8 bytes where the checkpoint was written after 9');
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n');
});

test('a sealed file is read back; one changed byte, a cut or a missing seal is named', () => {
  const path = fresh();
  const tensors = new Map<string, Tensor>([
    ['conv1.weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3, 0.5, 0, 7) }],
    ['conv1.touched', { shape: [2], data: Int32Array.of(-1, 4) }],
  ]);
  writeSealed(path, { tensors, metadata: { position: '{"epoch":3}' } });
  const read = readSealed(path);
  expect(read.metadata).toEqual({ position: '{"epoch":3}' });
  expect(read.tensors.get('conv1.touched')!.data).toEqual(Int32Array.of(-1, 4));
  expect(read.tensors.get('conv1.weight')!.data).toEqual(tensors.get('conv1.weight')!.data);

  const bytes = readFileSync(path);
  // Every byte after the header's length belongs to the header or the data; a flipped bit anywhere must show.
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), fc.nat(7), (at, bit) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      const copy = fresh();
      writeFileSync(copy, changed);
      expect(() => readSealed(copy)).toThrow(`${copy}: is damaged`);
    }),
    { numRuns: 200 },
  );
  const short = fresh();
  writeFileSync(short, bytes.subarray(0, bytes.length - 3));
  expect(() => readSealed(short)).toThrow(`${short}: is damaged`);
});
