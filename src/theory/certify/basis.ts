import { normAbove, slack, up } from './rounding.js';

/** An orthogonal matrix in doubles: ||e|| <= growth ||Q e|| for every e. */
export interface Basis {
  /** Row-major `[n, n]`. */
  readonly rows: readonly Float64Array[];
  readonly growth: number;
}

/** The unit matrix. */
export const unitBasis = (n: number): Basis => ({
  rows: Array.from({ length: n }, (_, r) => Float64Array.from({ length: n }, (_, c) => (r === c ? 1 : 0))),
  growth: 1,
});

/**
 * A reflection whose first row points along `direction` or against it. Errors near that direction then have one large coordinate, and
 * the sum of the squares of all coordinates' bounds is off by the squares of small ones. Yields now and then.
 */
export function* basisSteps(direction: Float64Array): Generator<void, Basis> {
  const n = direction.length;
  const norm = Math.hypot(...direction);
  if (n === 1 || !(norm > 0)) return unitBasis(n);
  const v = direction.map((x) => x / norm);
  v[0]! += v[0]! >= 0 ? 1 : -1;
  const square = v.reduce((sum, x) => sum + x * x, 0);
  const rows = Array.from({ length: n }, (_, r) =>
    Float64Array.from({ length: n }, (_, c) => (r === c ? 1 : 0) - (2 * v[r]! * v[c]!) / square),
  );
  return { rows, growth: yield* growthOf(rows) };
}

/** ||e||^2 (1 - defect) <= ||Q e||^2 with the defect ||Q^T Q - I||; 1/sqrt(1 - x) <= 1 + x on [0, 1/2]. */
function* growthOf(rows: readonly Float64Array[]): Generator<void, number> {
  const n = rows.length;
  const off = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let dot = i === j ? -1 : 0;
      for (const row of rows) dot += row[i]! * row[j]!;
      // The columns' norms are near 1.
      off[i * n + j] = Math.abs(dot) + 2 * slack(n + 1);
    }
    yield;
  }
  const defect = normAbove(off);
  return defect <= 0.5 ? up(1 + defect) : Number.POSITIVE_INFINITY;
}
