import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pair, pairOf } from '../../../src/theory/certify/pair.js';
import { errorAt } from '../../../src/theory/certify/point.js';
import { cube, pointBox } from '../../../src/theory/certify/ranges.js';
import { upperBounds } from '../../../src/theory/certify/upper.js';
import { big } from '../big.js';
import { bigSquaredError, pairShape, pointsOf, randomBox, randomPair } from './pairs.js';

/** The same pair with other matrices. */
function changed(pair: Pair, change: (matrix: Float64Array, layer: number) => Float64Array): Pair {
  const { widths, layers } = pair;
  return pairOf(
    { widths, matrices: layers.map(({ target }, k) => change(target, k)) },
    {
      widths,
      layers: layers.map(({ found, negative }, k) => ({
        positive: change(found, k),
        ...(negative === undefined ? {} : { negative: change(negative.found, k) }),
      })),
    },
  );
}

/** Rows, or columns, of a row-major matrix in the opposite order. */
function reversed(matrix: Float64Array, columns: number, rows: boolean, swapped: boolean): Float64Array {
  const height = matrix.length / columns;
  return Float64Array.from(matrix, (_, e) => {
    const [r, c] = [Math.floor(e / columns), e % columns];
    return matrix[(rows ? height - 1 - r : r) * columns + (swapped ? columns - 1 - c : c)]!;
  });
}

describe.each(upperBounds)('the bound $name', ({ name, bound }) => {
  it('is never below the error at a point of the box, in 120-digit arithmetic', () => {
    fc.assert(
      fc.property(pairShape, (shape) => {
        const pair = randomPair(shape);
        const box = randomBox(shape.widths[0]!, shape.seed);
        const square = big(bound(pair, box)).pow(2);
        const truth = bigSquaredError(pair);
        for (const x of pointsOf(box, 6, shape.seed))
          expect(square.greaterThanOrEqualTo(truth(x))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('doubles with the last layer', () => {
    fc.assert(
      fc.property(pairShape, (shape) => {
        const pair = randomPair(shape);
        const last = pair.layers.length - 1;
        const twice = changed(pair, (matrix, k) => (k === last ? matrix.map((x) => 2 * x) : matrix));
        const [one, two] = [pair, twice].map((of) => bound(of, cube(shape.widths[0]!)));
        expect(Math.abs(two! - 2 * one!)).toBeLessThanOrEqual(1e-12 * two! + 1e-140);
      }),
    );
  });

  it('does not depend on the sign of the output, nor on the order of hidden neurons', () => {
    fc.assert(
      fc.property(pairShape, (shape) => {
        const pair = randomPair(shape);
        const last = pair.layers.length - 1;
        const mirrored = changed(pair, (matrix, k) => {
          const out = reversed(matrix, shape.widths[k]!, k < last, k > 0);
          return k === last ? out.map((x) => -x) : out;
        });
        const [one, other] = [pair, mirrored].map((of) => bound(of, cube(shape.widths[0]!)));
        expect(Math.abs(one! - other!)).toBeLessThanOrEqual(1e-9 * one! + 1e-14);
      }),
    );
  });

  it('is, at a point, the error there up to rounding; norms of whole layers are above it', () => {
    fc.assert(
      fc.property(pairShape, (shape) => {
        const pair = randomPair(shape);
        const x = pointsOf(cube(shape.widths[0]!), 3, shape.seed)[2]!;
        const [value, there] = [bound(pair, pointBox(x)), errorAt(pair, x)];
        expect(value).toBeGreaterThanOrEqual(there * (1 - 1e-12) - 1e-14);
        if (name !== 'spectral') expect(value).toBeLessThanOrEqual(there + 1e-13);
      }),
    );
  });
});

describe('between the bounds', () => {
  it('a network that is the same has no error, but for plain intervals, which do not see it', () => {
    const pair = randomPair({ widths: [4, 4, 3], change: 0, zeros: 0, same: 1, seed: 5 });
    for (const { name, bound } of upperBounds)
      if (name === 'interval') expect(bound(pair, cube(4))).toBeGreaterThan(0.5);
      else expect(bound(pair, cube(4))).toBeLessThan(1e-13);
  });

  it('the difference is never looser than intervals', () => {
    fc.assert(
      fc.property(pairShape, (shape) => {
        const pair = randomPair(shape);
        const box = randomBox(shape.widths[0]!, shape.seed);
        const [plain, difference] = upperBounds.map(({ bound }) => bound(pair, box));
        expect(difference).toBeLessThanOrEqual(plain! * (1 + 1e-9) + 1e-14);
      }),
    );
  });
});
