import type { Target } from '../problem/target.js';
import { relu } from '../problem/target.js';

/**
 * What a successful construction leaves of layer i: an entry is v*u of the neuron found, close to the target's w.
 * The layer computes positive relu(x) - negative relu(-x) (Eq. 8).
 */
export interface EffectiveLayer {
  /** Row-major `[d_i, d_{i-1}]`; 0 where no neuron was found. */
  readonly positive: Float64Array;
  /** The same for the negative side; absent where inputs are nonnegative and the side is not built. */
  readonly negative?: Float64Array;
}

/** The effective network: the target's own shape, one matrix per sign and layer. */
export interface EffectiveNetwork {
  readonly widths: readonly number[];
  readonly layers: readonly EffectiveLayer[];
}

/** g_M through its effective network. @param inputs row-major `[batch, d_0]` @returns row-major `[batch, d_l]` */
export function forwardEffective(network: EffectiveNetwork, inputs: Float64Array): Float64Array {
  let x = inputs;
  network.layers.forEach(({ positive, negative }, k) => {
    const [columns, rows] = [network.widths[k]!, network.widths[k + 1]!];
    const batch = x.length / columns;
    const y = new Float64Array(batch * rows);
    for (let b = 0; b < batch; b++)
      for (let r = 0; r < rows; r++) {
        let sum = 0;
        for (let c = 0; c < columns; c++) {
          const value = x[b * columns + c]!;
          // Without a negative side its neurons are all pruned: a negative input gives 0.
          if (value >= 0) sum += positive[r * columns + c]! * value;
          else if (negative !== undefined) sum += negative[r * columns + c]! * value;
        }
        y[b * rows + r] = sum;
      }
    x = k + 1 < network.layers.length ? relu(y) : y;
  });
  return x;
}

/** The largest |effective entry - target entry| of a layer (index from 0), over both signs. */
export function largestEntryError(network: EffectiveNetwork, target: Target, layer: number): number {
  const matrix = target.matrices[layer]!;
  const { positive, negative } = network.layers[layer]!;
  let largest = 0;
  for (let e = 0; e < matrix.length; e++) {
    largest = Math.max(largest, Math.abs(positive[e]! - matrix[e]!));
    if (negative !== undefined) largest = Math.max(largest, Math.abs(negative[e]! - matrix[e]!));
  }
  return largest;
}
