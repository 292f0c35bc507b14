/**
 * A block: one input coordinate and one sign, `neurons` hidden neurons that see this coordinate alone. The samples of its entries lie in the
 * network's arrays; R of them follow one another.
 */
export interface Block {
  readonly sign: 1 | -1;
  readonly neurons: number;
  /** R. */
  readonly resamplings: number;
  /** Samples of u: those of neuron i begin at uStart + i uStride. */
  readonly us: Float64Array;
  readonly uStart: number;
  readonly uStride: number;
  /** Samples of v: those of output k and neuron i begin at vStart + k vStride + i R. */
  readonly vs: Float64Array;
  readonly vStart: number;
  readonly vStride: number;
}

/** Where neuron i's samples of u begin. */
export const uAt = ({ uStart, uStride }: Block, neuron: number): number => uStart + neuron * uStride;

/** Where the samples of v of an output and a neuron begin. */
export const vAt = ({ vStart, vStride, resamplings }: Block, output: number, neuron: number): number =>
  vStart + output * vStride + neuron * resamplings;

/** One kept neuron of one output: which of its samples of u and of v are used. Outputs that share a neuron share its u. */
export interface Kept {
  readonly output: number;
  readonly neuron: number;
  readonly u: number;
  readonly v: number;
}

/** What a strategy found in a block. */
export interface BlockResult {
  /** Outputs that are not served within the tolerance. */
  readonly unserved: number;
  readonly kept: readonly Kept[];
  /** Those of them for which an anytime search has not looked at all choices. */
  readonly undecided?: readonly Undecided[];
}

/** An output for which no choice within t was found, and none was ruled out. */
export interface Undecided {
  readonly output: number;
  /** How far the nearest sum found is off. */
  readonly error: number;
  /** No choice is nearer than this. */
  readonly lower: number;
}

/** Of a neuron's samples of u the one farthest on the block's side, -1 if none lies there. */
export function largestU(block: Block, neuron: number): number {
  const { us, sign, resamplings } = block;
  const start = uAt(block, neuron);
  let best = -1;
  let most = 0;
  for (let r = 0; r < resamplings; r++) {
    const u = sign * us[start + r]!;
    if (u > most) {
      most = u;
      best = r;
    }
  }
  return best;
}

/** Of a neuron's samples of u the first of at least 2/3 on the block's side, -1 if there is none. */
export function firstLargeU(block: Block, neuron: number): number {
  const { us, sign, resamplings } = block;
  const start = uAt(block, neuron);
  for (let r = 0; r < resamplings; r++) if (sign * us[start + r]! >= 2 / 3) return r;
  return -1;
}
