import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { Tensor } from '../../src/core/safetensors.js';
import { JsonLines, type Known, readJsonLines } from '../../src/runs/lines.js';
import { readSealed, writeSealed } from '../../src/runs/sealed.js';

const folder = mkdtempSync(join(tmpdir(), 'iterand-runs-'));
let files = 0;
const fresh = () => join(folder, `${files++}`);

test('lines cut back to a length and written again are the bytes of an uninterrupted file', () => {
  const record = fc.record({ loss: fc.double({ noNaN: true, noDefaultInfinity: true }) });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), fc.nat(12), fc.nat(12), (losses, i, j) => {
      const records = losses.map((r, step) => ({ step, ...r }));
      const [saved, killed] = [Math.min(i, j, records.length), Math.min(Math.max(i, j), records.length)];
      const [whole, cut] = [fresh(), fresh()];
      const straight = new JsonLines(whole, EMPTY);
      for (const r of records) straight.append(r);
      straight.close();
      const first = new JsonLines(cut, EMPTY);
      for (const r of records.slice(0, saved)) first.append(r);
      const { written } = first;
      for (const r of records.slice(saved, killed)) first.append(r);
      first.close();
      appendFileSync(cut, '{"step":');
      const resumed = new JsonLines(cut, written);
      for (const r of records.slice(saved)) resumed.append(r);
      resumed.close();
      expect(readFileSync(cut, 'utf8')).toBe(readFileSync(whole, 'utf8'));
      expect(canonicalZero(readJsonLines(cut, LINES))).toEqual(canonicalZero(records));
    }),
    { numRuns: 40 },
  );
});

/** JSON has no -0. */
const canonicalZero = (value: unknown) => JSON.parse(JSON.stringify(value));

const schema = v.strictObject({ step: v.number(), loss: v.number() });
const LINES = { schema, number: 'step' };
const EMPTY = { bytes: 0 };

test('a last line without its end is not read; one that is no JSON is an error with its number', () => {
  const path = fresh();
  const first = '{"step":0,"loss":2}\n';
  writeFileSync(path, `${first}{"step":`);
  expect(readJsonLines(path, LINES)).toEqual([{ step: 0, loss: 2 }]);
  for (const [line, why] of [
    ['nonsense', 'it is no JSON'],
    ['{"step":2,"loss":2}', 'its step is 2, not 1'],
    ['{"step":1,"loss":"2"}', 'loss "2" must be number'],
    ['{"step":1,"loss":2,"loss":3}', "it holds the key 'loss' twice"],
    ['{"step":1,"loss":1e999}', 'too large for a double'],
    ['{"step":1,"lass":2}', "'lass' is no known key"],
  ] as const) {
    writeFileSync(path, `${first}${line}\n`);
    expect(() => readJsonLines(path, LINES)).toThrow(`${path}, line 2: is damaged: `);
    expect(() => readJsonLines(path, LINES)).toThrow(why);
  }
  expect(readJsonLines(fresh(), LINES)).toEqual([]);
});

test('a start that is not what its hash says is refused, by line if its text shows it; the file is as it was', () => {
  const path = fresh();
  const lines = new JsonLines(path, EMPTY);
  for (let step = 0; step < 30; step++) lines.append({ step, loss: step / 7 });
  const { written: start } = lines;
  lines.append({ step: 30, loss: 1 });
  lines.close();
  const bytes = readFileSync(path);
  const read = (rest: Known['rest']) => readJsonLines(path, LINES, { start, rest }).length;
  expect([read('read'), read('leave')]).toEqual([31, 30]);
  expect(() => read('refuse')).toThrow(`${path}: is damaged: it holds ${bytes.length} bytes`);
  fc.assert(
    fc.property(fc.nat(start.bytes - 1), fc.nat(7), (at, bit) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      writeFileSync(path, changed);
      for (const open of [() => read('leave'), () => new JsonLines(path, start, LINES)])
        expect(open).toThrow(/: is damaged: /);
      expect(readFileSync(path).equals(changed)).toBe(true);
    }),
    { numRuns: 200 },
  );
  writeFileSync(path, bytes.toString().replace('"step":7,', '"step":8,'));
  expect(() => read('leave')).toThrow(`${path}, line 8: is damaged: its step is 8, not 7`);
  writeFileSync(path, bytes.toString().replace('"loss":1}', '"loss":2}'));
  expect(() => new JsonLines(path, start, LINES)).toThrow('do not match their SHA-256 checksum');
});

test('lines shorter than the checkpoint says are damaged', () => {
  const path = fresh();
  writeFileSync(path, '{"a":1}\n');
  expect(() => new JsonLines(path, { bytes: 9 })).toThrow(
    'it holds 8 bytes where the checkpoint was written after 9',
  );
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
