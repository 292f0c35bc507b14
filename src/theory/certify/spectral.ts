import { above, normAbove, slack, up } from './rounding.js';

/** A matrix known up to an error: the true one is within `error` of it in the 2-norm. */
export interface Approximate {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: Float64Array;
  readonly error: number;
}

/** Multiplications that one product or one norm may take: about two seconds. */
const MOST_WORK = 2e9;

/** G^(2^SQUARINGS) is taken: the norm of a matrix of rank r is overestimated by at most r^(2^-(SQUARINGS + 2)), 1.023 for rank 300. */
const SQUARINGS = 6;

/** A matrix of doubles, exact. */
export const exactly = (values: Float64Array, rows: number, columns: number): Approximate => ({
  rows,
  columns,
  values,
  error: 0,
});

/** A matrix whose entries were each rounded once: off by 2^-53 of the Frobenius norm. */
export const roundedOnce = (values: Float64Array, rows: number, columns: number): Approximate => ({
  rows,
  columns,
  values,
  error: up(2 ** -53 * normAbove(values)),
});

/** Whether {@link times} would take too long. */
export const tooLarge = (a: Approximate, b: Approximate): boolean =>
  a.rows * a.columns * b.columns > MOST_WORK;

/** a b / 2, where b is exact but for its own error: each entry is within slack |row of a| |column of b| of the true one. */
export function halfTimes(a: Approximate, b: Approximate): Approximate {
  const values = new Float64Array(a.rows * b.columns);
  for (let r = 0; r < a.rows; r++) {
    const row = values.subarray(r * b.columns, (r + 1) * b.columns);
    for (let k = 0; k < a.columns; k++) {
      const x = 0.5 * a.values[r * a.columns + k]!;
      if (x === 0) continue;
      const from = k * b.columns;
      for (let c = 0; c < b.columns; c++) row[c]! += x * b.values[from + c]!;
    }
  }
  const [sizeA, sizeB] = [up(normAbove(a.values) + a.error), up(normAbove(b.values) + b.error)];
  const terms = sizeA * b.error + a.error * sizeB + slack(a.columns) * sizeA * sizeB;
  return { rows: a.rows, columns: b.columns, values, error: above(terms, terms, 3) };
}

/** [a, b] side by side. */
export function beside(a: Approximate, b: Approximate): Approximate {
  const columns = a.columns + b.columns;
  const values = new Float64Array(a.rows * columns);
  for (let r = 0; r < a.rows; r++) {
    values.set(a.values.subarray(r * a.columns, (r + 1) * a.columns), r * columns);
    values.set(b.values.subarray(r * b.columns, (r + 1) * b.columns), r * columns + a.columns);
  }
  return { rows: a.rows, columns, values, error: up(a.error + b.error) };
}

/**
 * At least the largest singular value: of the Frobenius norm, sqrt(largest row sum x largest column sum), and the
 * Frobenius norm of a high power of the Gram matrix, the least.
 */
export function spectralAbove(matrix: Approximate): number {
  const { values, rows, columns, error } = matrix;
  const simple = Math.min(normAbove(values), sumsAbove(matrix));
  const small = Math.min(rows, columns);
  const work = small * small * (rows + columns + (SQUARINGS * small) / 2);
  const most = small === 1 || work > MOST_WORK ? simple : Math.min(simple, gramAbove(matrix));
  return up(most + error);
}

function sumsAbove({ values, rows, columns }: Approximate): number {
  const ofColumns = new Float64Array(columns);
  let largest = 0;
  for (let r = 0; r < rows; r++) {
    let row = 0;
    for (let c = 0; c < columns; c++) {
      const size = Math.abs(values[r * columns + c]!);
      row += size;
      ofColumns[c]! += size;
    }
    largest = Math.max(largest, row);
  }
  const product = largest * ofColumns.reduce((a, b) => Math.max(a, b), 0);
  return up(Math.sqrt(above(product, product, rows + columns)));
}

/**
 * ||A||^2 = ||G||, and ||B|| = sqrt(||B^2||) for symmetric B, with ||.|| the 2-norm: from the Frobenius norm of the last
 * square backwards, each step adding what rounding may have changed in it, at most slack ||B||_F^2.
 */
function gramAbove({ values, rows, columns }: Approximate): number {
  const n = Math.min(rows, columns);
  let power = gram(rows <= columns ? values : transposed(values, rows, columns), n, Math.max(rows, columns));
  const size = normAbove(values);
  const changes = [slack(Math.max(rows, columns)) * size * size];
  const scales: number[] = [];
  for (let s = 0; s < SQUARINGS; s++) {
    const norm = normAbove(power);
    if (!(norm > 2 ** -400)) return Number.POSITIVE_INFINITY;
    // A power of two: scaling by it is exact.
    const scale = 2 ** -Math.ceil(Math.log2(norm));
    scales.push(scale);
    power = power.map((x) => x * scale);
    changes.push(slack(n) * (norm * scale) ** 2);
    power = gram(power, n, n);
  }
  let norm = normAbove(power);
  for (let s = SQUARINGS; s > 0; s--) {
    const square = norm + changes[s]!;
    norm = up(Math.sqrt(above(square, square, 2))) / scales[s - 1]!;
  }
  const square = norm + changes[0]!;
  return up(Math.sqrt(above(square, square, 2)));
}

/** B B^T of a row-major `[n, columns]` matrix; B^2 for a symmetric one. */
function gram(values: Float64Array, n: number, columns: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let c = 0, a = i * columns, b = j * columns; c < columns; c++, a++, b++)
        dot += values[a]! * values[b]!;
      out[i * n + j] = dot;
      out[j * n + i] = dot;
    }
  return out;
}

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!;
  return out;
}
