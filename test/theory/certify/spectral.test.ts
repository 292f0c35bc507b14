import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { ballSteps } from '../../../src/theory/certify/balls.js';
import { norm, stateAt } from '../../../src/theory/certify/point.js';
import { cube } from '../../../src/theory/certify/ranges.js';
import { exactly, halfTimes, spectralAbove } from '../../../src/theory/certify/spectral.js';
import { finished } from '../../../src/theory/certify/steps.js';
import { pairShape, pointsOf, randomPair } from './pairs.js';

const random = (rows: number, columns: number, seed: number) => {
  const { uniform } = stream(seed, 'matrix');
  return exactly(
    Float64Array.from({ length: rows * columns }, () => 2 * uniform() - 1),
    rows,
    columns,
  );
};

/** |A x| for a vector of norm 1. */
function stretched({ values, rows, columns }: ReturnType<typeof random>, x: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, r) =>
    x.reduce((sum, v, c) => sum + values[r * columns + c]! * v, 0),
  );
}

/** The largest singular value from below, by 300 steps of the power method. */
function powerMethod(matrix: ReturnType<typeof random>): number {
  const { values, rows, columns } = matrix;
  let x = Float64Array.from({ length: columns }, (_, c) => 1 + 0.1 * Math.sin(c));
  let size = 0;
  for (let i = 0; i < 300; i++) {
    const length = norm(x);
    const y = stretched(
      matrix,
      x.map((v) => v / length),
    );
    size = norm(y);
    x = Float64Array.from({ length: columns }, (_, c) => {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += values[r * columns + c]! * y[r]!;
      return sum;
    });
  }
  return size;
}

describe('the spectral norm from above', () => {
  it('is near what the power method finds from below', () => {
    for (const [rows, columns] of [
      [1, 7],
      [7, 1],
      [10, 10],
      [12, 40],
      [40, 12],
    ])
      for (let seed = 0; seed < 5; seed++) {
        const matrix = random(rows!, columns!, seed);
        const [least, most] = [powerMethod(matrix), spectralAbove(matrix)];
        expect(most).toBeGreaterThanOrEqual(least * (1 - 1e-12));
        // Rank r costs at most r^(1/256).
        expect(most).toBeLessThan(least * Math.min(rows!, columns!) ** (1 / 256) * (1 + 1e-9));
      }
  });

  it('is exact for a diagonal, and scales to sizes whose squares underflow', () => {
    for (const scale of [1, 1e-30, 1e-170, 1e30]) {
      const diagonal = Float64Array.from({ length: 25 }, (_, e) => (e % 6 === 0 ? scale / (1 + e) : 0));
      const most = spectralAbove(exactly(diagonal, 5, 5));
      expect(most).toBeGreaterThanOrEqual(scale);
      expect(most).toBeLessThan(scale * (1 + 1e-12) + 1e-149);
    }
  });

  it('of a product is bounded through what rounding did to it', () => {
    const [a, b] = [random(8, 30, 1), random(30, 9, 2)];
    const half = halfTimes(a, b);
    expect(half.error).toBeGreaterThan(0);
    expect(half.error).toBeLessThan(1e-11);
    expect(2 * spectralAbove(half)).toBeLessThanOrEqual(spectralAbove(a) * spectralAbove(b));
  });
});

describe('the norms of layers', () => {
  it('bound f and the difference at every point, layer by layer', () => {
    fc.assert(
      fc.property(pairShape, (shape) => {
        const pair = randomPair(shape);
        const balls = finished(ballSteps(pair));
        for (const x of pointsOf(cube(shape.widths[0]!), 9, shape.seed)) {
          const { z, e } = stateAt(pair, x);
          const length = norm(x);
          for (const k of pair.layers.keys()) {
            expect(norm(z[k]!)).toBeLessThanOrEqual(balls.z[k]! * length * (1 + 1e-12) + 1e-14);
            expect(norm(e[k]!)).toBeLessThanOrEqual(balls.e[k]! * length * (1 + 1e-12) + 1e-14);
          }
        }
      }),
    );
  });

  it('of two layers and more are below the product of the norms', () => {
    const pair = randomPair({ widths: [20, 20, 20, 5], change: 0.01, zeros: 0, same: 0, seed: 4 });
    const { z } = finished(ballSteps(pair));
    const simple = pair.layers.reduce(
      (product, { target, inputs, outputs }) => product * spectralAbove(exactly(target, outputs, inputs)),
      1,
    );
    expect(z.at(-1)).toBeLessThan(0.8 * simple);
  });
});
