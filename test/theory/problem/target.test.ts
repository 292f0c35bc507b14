import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSafetensors } from '../../../src/core/safetensors.js';
import {
  forwardTarget,
  frobeniusNorm,
  makeTarget,
  requireTarget,
  rescaleTarget,
  singleWeightTarget,
  type Target,
  targetKinds,
} from '../../../src/theory/problem/target.js';
import { decodeTarget, encodeTarget } from '../../../src/theory/problem/target-file.js';

const widths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 4 });

test('every kind has its shapes, norms of at most 1, and is the same again from its seed', () => {
  fc.assert(
    fc.property(fc.constantFrom(...targetKinds), widths, fc.nat(1e6), (kind, d, seed) => {
      const target = makeTarget(kind, d, seed);
      expect(requireTarget(target).widths).toEqual(d);
      expect(makeTarget(kind, d, seed)).toEqual(target);
      for (const matrix of target.matrices) {
        const nonzero = matrix.filter((w) => w !== 0);
        if (kind === 'zero') expect(nonzero).toHaveLength(0);
        else if (kind === 'extreme') expect([...nonzero.map(Math.abs)]).toEqual([1]);
        else expect(frobeniusNorm(matrix)).toBeCloseTo(1, 12);
        expect(frobeniusNorm(matrix)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('a sparse target keeps about a tenth of its entries', () => {
  const [matrix] = makeTarget('sparse', [300, 300], 1).matrices;
  const kept = matrix!.filter((w) => w !== 0).length;
  // Bin(90000, 0.1): 12 standard deviations of 90, a false alarm below 1e-30.
  expect(Math.abs(kept - 9000)).toBeLessThan(1080);
});

test('f of a batch equals the naive loop', () => {
  fc.assert(
    fc.property(widths, fc.nat(1e6), (d, seed) => {
      const target = makeTarget('gaussian', d, seed);
      const x = Float64Array.from({ length: 3 * d[0]! }, (_, i) => Math.sin(i + seed));
      const out = forwardTarget(target, x);
      for (let b = 0; b < 3; b++) {
        let z = [...x.slice(b * d[0]!, (b + 1) * d[0]!)];
        target.matrices.forEach((F, k) => {
          const y = Array.from({ length: d[k + 1]! }, (_, r) =>
            z.reduce((s, v, c) => s + F[r * d[k]! + c]! * v, 0),
          );
          z = k + 1 < target.matrices.length ? y.map((v) => Math.max(0, v)) : y;
        });
        z.forEach((v, r) => {
          expect(out[b * d.at(-1)! + r]).toBeCloseTo(v, 12);
        });
      }
    }),
  );
});

test('rescaling is positive homogeneity: f = scale * rescaled f', () => {
  fc.assert(
    fc.property(widths, fc.nat(1e6), fc.double({ min: 0.1, max: 30, noNaN: true }), (d, seed, factor) => {
      const { matrices } = makeTarget('gaussian', d, seed);
      const big: Target = { widths: d, matrices: matrices.map((m) => m.map((w) => w * factor)) };
      const { target, scale } = rescaleTarget(big);
      requireTarget(target);
      const x = Float64Array.from({ length: d[0]! }, (_, i) => Math.cos(i));
      const [f, g] = [forwardTarget(big, x), forwardTarget(target, x)];
      f.forEach((v, i) => {
        expect(scale * g[i]!).toBeCloseTo(v, 9);
      });
    }),
  );
  expect(() => rescaleTarget(makeTarget('zero', [2, 2], 1))).toThrow(/F_1.*zero/);
});

test('a norm above 1, a wrong size, a value that is not finite are named', () => {
  expect(() => singleWeightTarget(1.5)).toThrow(/F_1: has Frobenius norm 1\.5.*rescale/);
  expect(() => requireTarget({ widths: [2, 1], matrices: [Float64Array.of(1)] })).toThrow(
    /F_1.*1 entries, not 1 x 2/,
  );
  expect(() => singleWeightTarget(Number.NaN)).toThrow(/F_1.*finite/);
});

test('a target too large to make is refused', () => {
  expect(() => makeTarget('zero', [20_000, 10_000], 1)).toThrow(/200000000 entries/);
});

test('a target file is read in the order of its names, numbers by value', () => {
  const tensors = [
    ['fc10.weight', { shape: [1, 2], data: Float32Array.of(0.5, 0.25) }],
    ['fc2.weight', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ] as const;
  const expected = {
    widths: [3, 2, 1],
    matrices: [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(0.5, 0.25)],
  };
  expect(decodeTarget(encodeSafetensors(tensors), 't.safetensors')).toEqual(expected);
  const json = Buffer.from(
    JSON.stringify({
      matrices: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [[0.5, 0.25]],
      ],
    }),
  );
  expect(decodeTarget(json, 't.json')).toEqual(expected);
  for (const name of ['t.json', 't.safetensors'])
    expect(decodeTarget(Buffer.from(encodeTarget(expected, name)), name)).toEqual(expected);
  // Twelve matrices: F_10 comes after F_9, not after F_1.
  const deep = {
    widths: [2, ...Array<number>(12).fill(1)],
    matrices: Array.from({ length: 12 }, (_, k) => Float64Array.from(k === 0 ? [0.1, 1 / 3] : [1 / (k + 1)])),
  };
  expect(decodeTarget(encodeTarget(deep, 'x.st') as Uint8Array, 'x.st')).toEqual(deep);
});

test('a target file of the wrong form is refused by name', () => {
  const one = (shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  const file = (...shapes: number[][]) => encodeSafetensors(shapes.map((s, i) => [`w${i}`, one(s)] as const));
  expect(() => decodeTarget(file([2, 3], [2, 3]), 'x.st')).toThrow(/x\.st.*w1 is 2 x 3.*2 outputs/);
  expect(() => decodeTarget(file([2, 3], [2]), 'x.st')).toThrow(/w1 has 1 dimensions.*biases/);
  expect(() => decodeTarget(file(), 'x.st')).toThrow(/no matrix/);
  for (const text of [
    '{',
    '{}',
    '{"matrices":[[[1,2],[3]]]}',
    '{"matrices":[[["a"]]]}',
    '{"matrices":[[]]}',
    'null',
  ])
    expect(() => decodeTarget(Buffer.from(text), 'x.json')).toThrow(/x\.json/);
});
