import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enumerateSteps } from '../../../src/theory/certify/one-layer.js';
import { type Pair, pairOf } from '../../../src/theory/certify/pair.js';
import { errorAt } from '../../../src/theory/certify/point.js';
import { finished } from '../../../src/theory/certify/steps.js';
import { randomPair } from './pairs.js';

/** The largest error over all points of coordinates -1, 0 and 1. */
function bruteForce(pair: Pair): number {
  const d = pair.widths[0]!;
  let largest = 0;
  for (let code = 0; code < 3 ** d; code++) {
    const x = Float64Array.from({ length: d }, (_, j) => (Math.floor(code / 3 ** j) % 3) - 1);
    largest = Math.max(largest, errorAt(pair, x));
  }
  return largest;
}

test('the maximum is that of all points of coordinates -1, 0 and 1', () => {
  const shape = fc.record({
    widths: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 4 })),
    change: fc.constantFrom(1, 1e-3, 1e-10),
    zeros: fc.constantFrom(0, 0.5),
    same: fc.constantFrom(0, 0.5),
    seed: fc.nat(1e9),
  });
  fc.assert(
    fc.property(shape, (about) => {
      const pair = randomPair(about);
      const { x, upper } = finished(enumerateSteps(pair));
      const truth = bruteForce(pair);
      expect(upper).toBeGreaterThanOrEqual(truth);
      expect(upper).toBeLessThanOrEqual(truth * (1 + 1e-12) + 1e-150);
      expect(errorAt(pair, x)).toBeGreaterThanOrEqual(truth * (1 - 1e-12));
    }),
  );
});

test('the maximum may lie inside the cube where the two signs have different columns', () => {
  // e(x) = |x_1|/2 - |x_2|/4: 1/2 at x_2 = 0, but 1/4 at every vertex.
  const pair = pairOf(
    { widths: [2, 1], matrices: [new Float64Array(2)] },
    {
      widths: [2, 1],
      layers: [{ positive: Float64Array.of(0.5, -0.25), negative: Float64Array.of(-0.5, 0.25) }],
    },
  );
  const { x, upper } = finished(enumerateSteps(pair));
  expect(upper).toBeCloseTo(0.5, 12);
  expect(x[1]).toBe(0);
  for (const [a, b] of [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ])
    expect(errorAt(pair, Float64Array.of(a!, b!))).toBe(0.25);
});

test('20 inputs and 10 outputs are enumerated in seconds', () => {
  const pair = randomPair({ widths: [20, 10], change: 0.01, zeros: 0, same: 0, seed: 3 });
  const { x, upper } = finished(enumerateSteps(pair));
  expect(errorAt(pair, x)).toBeGreaterThan(upper * (1 - 1e-11));
});
