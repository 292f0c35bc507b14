import { InputError } from '../../core/errors.js';
import type { Target } from '../problem/target.js';
import type { EffectiveNetwork } from '../search/effective.js';

/** Layer i of a target f and of the network g found for it. */
export interface PairLayer {
  /** d_{i-1} and d_i. All matrices are row-major `[outputs, inputs]`. */
  readonly inputs: number;
  readonly outputs: number;
  /** F_i. */
  readonly target: Float64Array;
  /** What g has in its place, for inputs >= 0. */
  readonly found: Float64Array;
  /** `found - target`; each entry is rounded once. */
  readonly change: Float64Array;
  /** The same two for inputs < 0, in layer 1 alone: later layers have none. */
  readonly negative?: { readonly found: Float64Array; readonly change: Float64Array };
}

/** A target f and a network g of its shape, whose difference g - f over [-1, 1]^{d_0} is to be bounded. Neither has biases. */
export interface Pair {
  /** d_0, ..., d_l. */
  readonly widths: readonly number[];
  readonly layers: readonly PairLayer[];
}

/** Products of a hundred layers of larger entries could overflow. */
const LARGEST = 2 ** 10;

/**
 * A target and the effective network found for it.
 *
 * @throws InputError unless both have the same shapes and entries within [-1024, 1024]
 */
export function pairOf(target: Target, effective: EffectiveNetwork): Pair {
  const { widths } = target;
  if (effective.widths.join() !== widths.join() || effective.layers.length !== widths.length - 1)
    throw new InputError(
      `an effective network of widths ${effective.widths.join(',')}`,
      `must have the target's, ${widths.join(',')}`,
      'pass the network that was found for this target',
    );
  const layers = effective.layers.map(({ positive, negative }, k): PairLayer => {
    const [inputs, outputs] = [widths[k]!, widths[k + 1]!];
    const size = inputs * outputs;
    const matrix = requireEntries(target.matrices[k], size, `matrix F_${k + 1}`);
    const side = (found: Float64Array | undefined, sign: string) => {
      requireEntries(found, size, `the effective matrix of layer ${k + 1}, ${sign} inputs,`);
      return { found: found!, change: found!.map((a, e) => a - matrix[e]!) };
    };
    return {
      inputs,
      outputs,
      target: matrix,
      ...side(positive, 'positive'),
      // Where that side is not built, a negative input gives 0.
      ...(k === 0 ? { negative: side(negative ?? new Float64Array(size), 'negative') } : {}),
    };
  });
  return { widths, layers };
}

function requireEntries(matrix: Float64Array | undefined, size: number, what: string): Float64Array {
  if (matrix?.length !== size)
    throw new InputError(what, `must have ${size} entries`, 'pass one matrix for each layer of the target');
  const bad = matrix.find((entry) => !(Math.abs(entry) <= LARGEST));
  if (bad !== undefined)
    throw new InputError(
      what,
      `has the entry ${bad}, outside [-${LARGEST}, ${LARGEST}]`,
      'scale the networks',
    );
  return matrix;
}

/** Whether f and g have the same entries, so that their difference is 0 everywhere. */
export const isSame = ({ layers }: Pair): boolean =>
  layers.every(
    ({ change, negative }) => isZero(change) && (negative === undefined || isZero(negative.change)),
  );

const isZero = (matrix: Float64Array): boolean => matrix.every((entry) => entry === 0);
