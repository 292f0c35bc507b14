import { above, below, down, up } from './rounding.js';

/** Intervals that hold the entries of a vector. */
export interface Ranges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Ranges of a matrix product, and for each row the sum of its products' largest sizes, from which rounding errors are bounded. */
export interface SizedRanges extends Ranges {
  readonly size: Float64Array;
}

/** The cube [-1, 1]^d of the theorem. */
export const cube = (d: number): Ranges => ({
  low: new Float64Array(d).fill(-1),
  high: new Float64Array(d).fill(1),
});

/** The box that is one point. */
export const pointBox = (x: Float64Array): Ranges => ({ low: x, high: x });

/** Largest size of entry k. */
export const sizeOfEntry = ({ low, high }: Ranges, k: number): number =>
  Math.max(Math.abs(low[k]!), Math.abs(high[k]!));

/** The largest size of each entry. */
export const sizes = (ranges: Ranges): Float64Array => ranges.low.map((_, k) => sizeOfEntry(ranges, k));

/** Ranges of `matrix x`, for a row-major matrix `[rows, columns]` and x anywhere in its ranges. */
export function product(matrix: Float64Array, rows: number, x: Ranges): SizedRanges {
  const columns = x.low.length;
  const center = new Float64Array(columns);
  const radius = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    const [low, high] = [x.low[c]!, x.high[c]!];
    center[c] = 0.5 * (low + high);
    radius[c] = low === high ? 0 : up(Math.max(high - center[c]!, center[c]! - low));
  }
  const most = sizes(x);
  const out = empty(rows);
  for (let r = 0; r < rows; r++) {
    let [middle, spread, size] = [0, 0, 0];
    for (let c = 0, e = r * columns; c < columns; c++, e++) {
      const w = matrix[e]!;
      const a = Math.abs(w);
      middle += w * center[c]!;
      spread += a * radius[c]!;
      size += a * most[c]!;
    }
    // |center| + radius is at most twice the largest size.
    out.low[r] = below(middle - spread, 2 * size, columns);
    out.high[r] = above(middle + spread, 2 * size, columns);
    out.size[r] = size;
  }
  return out;
}

/** Ranges of `positive relu(x) - negative relu(-x)`: each x_j counts with the matrix of its sign, so a row's range is exact. */
export function signedProduct(
  positive: Float64Array,
  negative: Float64Array,
  rows: number,
  x: Ranges,
): SizedRanges {
  const columns = x.low.length;
  const out = empty(rows);
  for (let r = 0; r < rows; r++) {
    let [least, most, size] = [0, 0, 0];
    for (let c = 0, e = r * columns; c < columns; c++, e++) {
      const [low, high] = [x.low[c]!, x.high[c]!];
      // Linear on both sides of 0: the extremes lie at the ends, or at 0 between them.
      const a = (low < 0 ? negative[e]! : positive[e]!) * low;
      const b = (high < 0 ? negative[e]! : positive[e]!) * high;
      const kink = low < 0 && high > 0;
      least += kink ? Math.min(a, b, 0) : Math.min(a, b);
      most += kink ? Math.max(a, b, 0) : Math.max(a, b);
      size += Math.max(Math.abs(a), Math.abs(b));
    }
    out.low[r] = below(least, size, columns);
    out.high[r] = above(most, size, columns);
    out.size[r] = size;
  }
  return out;
}

const empty = (n: number) => ({
  low: new Float64Array(n),
  high: new Float64Array(n),
  size: new Float64Array(n),
});

/** Ranges of a + b. */
export function sum(a: Ranges, b: Ranges): Ranges {
  return {
    low: a.low.map((x, k) => down(x + b.low[k]!)),
    high: a.high.map((x, k) => up(x + b.high[k]!)),
  };
}

/** Ranges of b - a, each anywhere in its own. */
export function minus(b: Ranges, a: Ranges): Ranges {
  return {
    low: b.low.map((x, k) => down(x - a.high[k]!)),
    high: b.high.map((x, k) => up(x - a.low[k]!)),
  };
}

/** What both ranges hold; both hold the truth, so no entry is empty. */
export const intersection = (a: Ranges, b: Ranges): Ranges => ({
  low: a.low.map((x, k) => Math.max(x, b.low[k]!)),
  high: a.high.map((x, k) => Math.min(x, b.high[k]!)),
});

/** Ranges of relu(x). */
export const reluRanges = ({ low, high }: Ranges): Ranges => ({
  low: low.map((x) => Math.max(0, x)),
  high: high.map((x) => Math.max(0, x)),
});
