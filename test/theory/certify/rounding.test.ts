import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ballSteps } from '../../../src/theory/certify/balls.js';
import { basisSteps, unitBasis } from '../../../src/theory/certify/basis.js';
import { enumerateSteps } from '../../../src/theory/certify/one-layer.js';
import { outputSteps, prepareSteps } from '../../../src/theory/certify/prepare.js';
import { cube } from '../../../src/theory/certify/ranges.js';
import { above, below, down, normAbove, normBelow, up } from '../../../src/theory/certify/rounding.js';
import { finished } from '../../../src/theory/certify/steps.js';
import { big } from '../big.js';
import { randomPair } from './pairs.js';

const size = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const scaled = fc.tuple(size, fc.integer({ min: -300, max: 0 })).map(([x, digits]) => x * 10 ** digits);
const vector = (length: number) => fc.array(scaled, { minLength: length, maxLength: length });

test('a sum of products moved outward holds the exact one, however much cancels', () => {
  const pairs = fc.integer({ min: 1, max: 40 }).chain((n) => fc.tuple(vector(n), vector(n), fc.boolean()));
  fc.assert(
    fc.property(pairs, ([a, b, cancel]) => {
      // The second half takes most of the first away.
      const [x, y] = cancel
        ? [
            [...a, ...a],
            [...b, ...b.map((v) => -v * (1 + 1e-15))],
          ]
        : [a, b];
      let [sum, magnitude] = [0, 0];
      for (const [k, v] of x.entries()) {
        sum += v * y[k]!;
        magnitude += Math.abs(v * y[k]!);
      }
      const exact = x.reduce((total, v, k) => total.plus(big(v).times(big(y[k]!))), big(0));
      expect(big(above(sum, magnitude, x.length)).greaterThanOrEqualTo(exact)).toBe(true);
      expect(big(below(sum, magnitude, x.length)).lessThanOrEqualTo(exact)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('up and down leave the double behind, by one step or a few', () => {
  for (const x of [0, 1, -1, 1 - 2 ** -53, 2 ** -1074, -(2 ** -1074), 2 ** -1022, 1e-310, 1e300, -3.7e-5]) {
    expect(up(x)).toBeGreaterThan(x);
    expect(down(x)).toBeLessThan(x);
    expect(up(x) - x).toBeLessThanOrEqual(Math.abs(x) * 2 ** -51 + 2 * Number.MIN_VALUE);
  }
  fc.assert(
    fc.property(scaled, scaled, (a, b) => {
      for (const [rounded, exact] of [
        [a + b, big(a).plus(big(b))],
        [a * b, big(a).times(big(b))],
      ] as const) {
        expect(big(up(rounded)).greaterThanOrEqualTo(exact)).toBe(true);
        expect(big(down(rounded)).lessThanOrEqualTo(exact)).toBe(true);
      }
    }),
  );
});

test('norms are bounded on both sides, at every size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }).chain(vector), (values) => {
      const square = values.reduce((sum, v) => sum.plus(big(v).pow(2)), big(0));
      const x = Float64Array.from(values);
      expect(big(normAbove(x)).pow(2).greaterThanOrEqualTo(square)).toBe(true);
      expect(big(normBelow(x)).pow(2).lessThanOrEqualTo(square)).toBe(true);
      expect(normAbove(x) - normBelow(x)).toBeLessThanOrEqual(1e-13 * normAbove(x) + 1e-140);
    }),
  );
});

test('a basis loses no length beyond its growth, and its first row is the direction', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1e6), (n, seed) => {
      const direction = Float64Array.from({ length: n }, (_, k) => Math.sin(seed + k * k));
      const { rows, growth } = finished(basisSteps(direction));
      expect(growth).toBeLessThan(1 + 1e-11);
      const length = (x: Float64Array) => x.reduce((sum, v) => sum.plus(big(v).pow(2)), big(0));
      const turned = rows.map((row) =>
        row.reduce((sum, v, c) => sum.plus(big(v).times(big(direction[c]!))), big(0)),
      );
      const square = turned.reduce((sum, v) => sum.plus(v.pow(2)), big(0));
      expect(square.times(big(growth).pow(2)).greaterThanOrEqualTo(length(direction))).toBe(true);
      // What points away from the first row is rounding alone.
      const rest = square.minus(turned[0]!.pow(2)).toNumber();
      if (n > 1) expect(rest).toBeLessThan(1e-26 * square.toNumber());
    }),
  );
  expect(finished(basisSteps(new Float64Array(3)))).toEqual(unitBasis(3));
});

test('work over many outputs lets others in between', () => {
  const yields = (steps: Generator) => {
    let count = 0;
    while (!steps.next().done) count++;
    return count;
  };
  expect(yields(basisSteps(Float64Array.from({ length: 30 }, (_, i) => i - 3)))).toBe(30);
  const pair = randomPair({ widths: [2, 3, 40], change: 0.1, zeros: 0, same: 0, seed: 1 });
  const prepared = finished(prepareSteps(pair, finished(ballSteps(pair)), cube(2)));
  expect(yields(outputSteps(pair, prepared, unitBasis(40)))).toBe(40);
  // All signs of 12 inputs, 200 outputs each: more than a hundred times 2^18 numbers.
  const layer = randomPair({ widths: [12, 200], change: 0.1, zeros: 0, same: 0, seed: 1 });
  expect(yields(enumerateSteps(layer))).toBeGreaterThan(3);
});
