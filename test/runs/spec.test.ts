import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { canonical } from '../../src/runs/canonical.js';
import { parseStrict, specId } from '../../src/runs/spec.js';

const schema = v.strictObject({
  sparsity: v.pipe(v.number(), v.minValue(0, 'must be at least 0')),
  inner: v.optional(v.strictObject({ seed: v.number() })),
});

test('canonical: the same text whatever the order of keys, and JSON.parse gives the value back', () => {
  const shuffledKeys = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shuffledKeys)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([k, inner]) => [k, shuffledKeys(inner)]),
          )
        : value;
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const text = canonical(value);
      expect(canonical(shuffledKeys(value))).toBe(text);
      expect(canonical(JSON.parse(text))).toBe(text);
      // JSON.stringify gives -0 as 0, so that the oracle is what JSON itself keeps.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('canonical refuses what JSON cannot carry', () => {
  expect(() => canonical({ rate: Number.NaN })).toThrow('rate: NaN');
  expect(() => canonical([Number.POSITIVE_INFINITY])).toThrow(RangeError);
});

test('an id is the SHA-256 of kind, version and canonical text', () => {
  // Oracle: coreutils, printf 'train 1 {"a":1,"b":2}' | sha256sum
  expect(specId({ name: 'train', version: 1 }, { b: 2, a: 1 })).toBe('ddca9cbd73');
  expect(specId({ name: 'train', version: 2 }, { b: 2, a: 1 })).not.toBe('ddca9cbd73');
});

test('an unknown key is an error that names the nearest known one', () => {
  expect(() => parseStrict('spec', schema, { sparcity: 0.5 })).toThrow("did you mean 'sparsity'");
  expect(() => parseStrict('spec', schema, { sparsity: 0.5, zzzzzzzz: 1 })).toThrow('remove it');
});

test('a missing or wrong value is an error that names its key and the rule', () => {
  expect(() => parseStrict('spec', schema, {})).toThrow('spec: sparsity');
  expect(() => parseStrict('spec', schema, { sparsity: -1 })).toThrow('must be at least 0');
  expect(() => parseStrict('spec', schema, { sparsity: 0, inner: { seed: 'x' } })).toThrow('inner.seed');
  expect(() => parseStrict('spec', schema, 3)).toThrow('spec');
});
