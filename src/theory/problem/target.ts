import { InputError, requireOneOf } from '../../core/errors.js';
import { stream } from '../../core/rng.js';
import { normal } from './distribution.js';
import { requireWidths } from './problem.js';

/** A target network f(x) = F_l s(F_{l-1} s(... F_1 x)), s = ReLU (paper, Eq. 4). */
export interface Target {
  /** d_0, ..., d_l. */
  readonly widths: readonly number[];
  /** F_1, ..., F_l, row-major `[d_i, d_{i-1}]`, each of Frobenius norm at most 1. */
  readonly matrices: readonly Float64Array[];
}

/** How {@link makeTarget} fills the matrices. */
export const targetKinds = ['gaussian', 'sparse', 'extreme', 'zero'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** The most entries of a made target: 1 GB of doubles. */
const MOST_ENTRIES = 2 ** 27;

/** Entries of all matrices together. */
export const targetEntries = (widths: readonly number[]): number =>
  widths.slice(1).reduce((sum, outputs, k) => sum + outputs * widths[k]!, 0);

/** ||F||_Frob. */
export function frobeniusNorm(matrix: Float64Array): number {
  return Math.hypot(...chunkNorms(matrix));
}

// Math.hypot takes its arguments on the stack: a large matrix goes through in pieces.
function chunkNorms(matrix: Float64Array): number[] {
  const norms: number[] = [];
  for (let i = 0; i < matrix.length; i += 1024) norms.push(Math.hypot(...matrix.subarray(i, i + 1024)));
  return norms;
}

/**
 * A target of a kind, from an addressed stream:
 * `gaussian` i.i.d. normal entries scaled to norm 1; `sparse` the same with nine entries of ten zero (at least one kept);
 * `extreme` one entry +-1, the rest zero, the hardest for the construction (theory.md, section 2: |w| = 1); `zero`.
 *
 * @param widths d_0, ..., d_l
 * @throws InputError on bad widths or an unknown kind
 */
export function makeTarget(kind: TargetKind, widths: readonly number[], seed: number): Target {
  requireWidths(widths);
  requireOneOf('target kind', kind, targetKinds);
  const entries = targetEntries(widths);
  if (entries > MOST_ENTRIES)
    throw new InputError(
      `a target of widths ${widths.join(',')}`,
      `has ${entries} entries, more than the ${MOST_ENTRIES} that are made`,
      'pass smaller widths',
    );
  const matrices = widths.slice(1).map((outputs, k) => {
    const matrix = new Float64Array(outputs * widths[k]!);
    const random = stream(seed, 'target', kind, k + 1);
    if (kind === 'extreme') {
      matrix[Math.floor(random.uniform() * matrix.length)] = random.uniform() < 0.5 ? -1 : 1;
    } else if (kind !== 'zero') {
      const keep = kind === 'sparse' ? Math.floor(random.uniform() * matrix.length) : -1;
      const { quantile } = normal(1);
      for (let e = 0; e < matrix.length; e++) {
        const value = quantile(random.uniform());
        matrix[e] = kind === 'sparse' && random.uniform() >= 0.1 && e !== keep ? 0 : value;
      }
      scaleToNorm(matrix);
    }
    return matrix;
  });
  return { widths, matrices };
}

/** One weight: the target of Lemma 4.2 and Proposition 4.3. */
export function singleWeightTarget(w: number): Target {
  return requireTarget({ widths: [1, 1], matrices: [Float64Array.of(w)] });
}

/** Divides by slightly more than the norm, so that the norm of the result is never above 1. */
function scaleToNorm(matrix: Float64Array): number {
  const norm = frobeniusNorm(matrix);
  const divisor = norm * (1 + 2 ** -48);
  for (let e = 0; e < matrix.length; e++) matrix[e]! /= divisor;
  return norm;
}

/**
 * The same direction of function with every ||F_i|| = 1: f(x) = scale * rescaled(x) by positive homogeneity of ReLU.
 *
 * @returns the rescaled target and the scale, the product of the norms
 * @throws InputError if a matrix is zero
 */
export function rescaleTarget(target: Target): { target: Target; scale: number } {
  let scale = 1;
  const matrices = target.matrices.map((matrix, k) => {
    const copy = matrix.slice();
    const norm = scaleToNorm(copy);
    if (norm === 0)
      throw new InputError(`matrix F_${k + 1}`, 'is zero and cannot be rescaled to norm 1', 'drop rescaling');
    scale *= norm;
    return copy;
  });
  return { target: { widths: target.widths, matrices }, scale };
}

const matrixName = (k: number, file?: string) =>
  `${file === undefined ? '' : `target file ${file}: `}matrix F_${k + 1}`;

/** Checks shapes, finiteness and norms. @throws InputError that names the matrix, its norm, and offers rescaling */
export function requireTarget(target: Target, file?: string): Target {
  requireMatrices(target, file);
  target.matrices.forEach((matrix, k) => {
    const norm = frobeniusNorm(matrix);
    if (norm > 1 + 1e-12)
      throw new InputError(
        matrixName(k, file),
        `has Frobenius norm ${norm.toPrecision(6)}, above the theorem's 1`,
        'rescale it (--rescale): ReLU networks are positively homogeneous',
      );
  });
  return target;
}

/** Checks shapes and finiteness, whatever the norms. @throws InputError that names the matrix */
export function requireMatrices(target: Target, file?: string): Target {
  requireWidths(target.widths);
  if (target.matrices.length !== target.widths.length - 1)
    throw new InputError(
      `a target of ${target.matrices.length} matrices`,
      `must have ${target.widths.length - 1} for widths ${target.widths.join(',')}`,
      'check the file',
    );
  target.matrices.forEach((matrix, k) => {
    const size = target.widths[k]! * target.widths[k + 1]!;
    if (matrix.length !== size)
      throw new InputError(
        matrixName(k, file),
        `has ${matrix.length} entries, not ${target.widths[k + 1]} x ${target.widths[k]}`,
        'check the shapes',
      );
    if (!matrix.every(Number.isFinite))
      throw new InputError(matrixName(k, file), 'has an entry that is not finite', 'check the file');
  });
  return target;
}

/**
 * f on a batch.
 *
 * @param inputs row-major `[batch, d_0]`
 * @returns row-major `[batch, d_l]`
 */
export function forwardTarget(target: Target, inputs: Float64Array): Float64Array {
  let x = inputs;
  target.matrices.forEach((matrix, k) => {
    const y = multiplySparse(x, matrix, target.widths[k]!, target.widths[k + 1]!);
    x = k + 1 < target.matrices.length ? relu(y) : y;
  });
  return x;
}

/** x W^T for row-major x `[batch, columns]` and W `[rows, columns]`; zero entries of W cost nothing. `batch` is needed for 0 columns. */
export function multiply(
  x: Float64Array,
  matrix: Float64Array,
  columns: number,
  rows: number,
  batch = x.length / columns,
): Float64Array {
  const y = new Float64Array(batch * rows);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const w = matrix[r * columns + c]!;
      if (w !== 0) for (let b = 0; b < batch; b++) y[b * rows + r]! += w * x[b * columns + c]!;
    }
  return y;
}

/** x W^T as {@link multiply}, the same sums in the same order; zeros of x cost nothing, which most pixels and half of all ReLUs are. */
function multiplySparse(x: Float64Array, matrix: Float64Array, columns: number, rows: number): Float64Array {
  const byColumn = new Float64Array(matrix.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) byColumn[c * rows + r] = matrix[r * columns + c]!;
  const batch = x.length / columns;
  const y = new Float64Array(batch * rows);
  for (let b = 0; b < batch; b++)
    for (let c = 0; c < columns; c++) {
      const value = x[b * columns + c]!;
      if (value === 0) continue;
      for (let r = 0; r < rows; r++) y[b * rows + r]! += byColumn[c * rows + r]! * value;
    }
  return y;
}

/** max(0, x), in place. */
export function relu(x: Float64Array): Float64Array {
  for (let i = 0; i < x.length; i++) if (x[i]! < 0) x[i] = 0;
  return x;
}
