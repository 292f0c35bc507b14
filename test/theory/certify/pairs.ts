import fc from 'fast-check';
import type { BigNumber } from 'mathjs';
import { stream } from '../../../src/core/rng.js';
import { type Pair, pairOf } from '../../../src/theory/certify/pair.js';
import type { Ranges } from '../../../src/theory/certify/ranges.js';
import { normal } from '../../../src/theory/problem/distribution.js';
import { big } from '../big.js';

/** How {@link randomPair} draws. */
export interface PairShape {
  /** d_0, ..., d_l. */
  readonly widths: readonly number[];
  /** Entries of g are off by about this. */
  readonly change: number;
  /** The share of entries that are 0 in both networks, and of those that agree. */
  readonly zeros: number;
  readonly same: number;
  readonly seed: number;
}

/** A target of Frobenius norms 1 and a network near it, with matrices of its own for negative inputs in layer 1. */
export function randomPair({ widths, change, zeros, same, seed }: PairShape): Pair {
  const { uniform } = stream(seed, 'pair');
  const { quantile } = normal(1);
  const matrices = widths.slice(1).map((outputs, k) => {
    const matrix = Float64Array.from({ length: outputs * widths[k]! }, () =>
      uniform() < zeros ? 0 : quantile(uniform()),
    );
    const norm = Math.hypot(...matrix);
    return norm > 0 ? matrix.map((x) => x / norm) : matrix;
  });
  const moved = (matrix: Float64Array) =>
    matrix.map((w) => (w === 0 || uniform() < same ? w : w + change * (2 * uniform() - 1)));
  const layers = matrices.map((matrix, k) =>
    k === 0 ? { positive: moved(matrix), negative: moved(matrix) } : { positive: moved(matrix) },
  );
  return pairOf({ widths, matrices }, { widths, layers });
}

/** Small pairs: 1 to 3 layers of width 1 to 4, changes from 1 down to 1e-15. */
export const pairShape: fc.Arbitrary<PairShape> = fc.record({
  widths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
  change: fc.double({ min: 0, max: 15, noNaN: true }).map((digits) => 10 ** -digits),
  zeros: fc.constantFrom(0, 0.3, 0.8),
  same: fc.constantFrom(0, 0, 0.5, 1),
  seed: fc.nat(1e9),
});

/** A box in the cube: the cube itself, a smaller one, or a point. */
export function randomBox(d: number, seed: number): Ranges {
  const { uniform } = stream(seed, 'box');
  const kind = Math.floor(3 * uniform());
  const ends = Array.from({ length: d }, () => {
    const [a, b] = [2 * uniform() - 1, 2 * uniform() - 1];
    if (kind === 0) return [-1, 1];
    return kind === 1 ? [Math.min(a, b), Math.max(a, b)] : [a, a];
  });
  return { low: Float64Array.from(ends, ([l]) => l!), high: Float64Array.from(ends, ([, h]) => h!) };
}

/** Points of a box: its corners, its faces' middles and its inside. */
export function pointsOf({ low, high }: Ranges, count: number, seed: number): Float64Array[] {
  const { uniform } = stream(seed, 'points');
  return Array.from({ length: count }, (_, i) =>
    low.map((l, j) => {
      const [h, u] = [high[j]!, uniform()];
      if (i % 3 === 0) return u < 0.5 ? l : h;
      if (i % 3 === 1) return u < 0.3 ? l : u < 0.6 ? h : Math.max(l, Math.min(h, 0));
      return Math.max(l, Math.min(h, l + u * (h - l)));
    }),
  );
}

/** ||g(x) - f(x)||^2 in numbers of 120 digits, at any x. */
export function bigSquaredError({ layers }: Pair): (x: Float64Array) => BigNumber {
  const zero = big(0);
  const matrices = layers.map(({ target, found, negative }) => ({
    target: Array.from(target, big),
    found: Array.from(found, big),
    negative: Array.from(negative?.found ?? [], big),
  }));
  const relu = (v: BigNumber) => (v.isNegative() ? zero : v);
  return (x) => {
    const start = Array.from(x, big);
    let [y, g] = [start, start];
    layers.forEach(({ inputs, outputs }, k) => {
      const { target, found, negative } = matrices[k]!;
      const times = (v: readonly BigNumber[], entries: (c: number) => readonly BigNumber[]) =>
        Array.from({ length: outputs }, (_, r) =>
          v.reduce((sum, value, c) => sum.plus(entries(c)[r * inputs + c]!.times(value)), zero),
        );
      const z = times(y, () => target);
      const h = times(g, (c) => (k === 0 && x[c]! < 0 ? negative : found));
      const last = k + 1 === layers.length;
      [y, g] = last ? [z, h] : [z.map(relu), h.map(relu)];
    });
    return y.reduce((sum, value, r) => sum.plus(value.minus(g[r]!).pow(2)), zero);
  };
}
