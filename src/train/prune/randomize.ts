import { requireNumber } from '../../core/errors.js';
import type { Stream } from '../../core/rng.js';
import { type Distribution, sampler } from './distributions.js';

/** Where the fresh weights of a layer come from. */
export interface Redraw {
  readonly distribution: Distribution;
  readonly fanIn: number;
  readonly stream: Stream;
}

/** New weights and how many were replaced. */
export interface Randomized {
  readonly weights: Float32Array;
  readonly replaced: number;
}

/** Naive Randomize (Eq. 2): every pruned weight (mask 0) is drawn anew, every kept one stays. */
export function randomizeNaive(weights: Float32Array, mask: Uint8Array, redraw: Redraw): Randomized {
  return randomizePartial(weights, mask, 1, redraw);
}

/**
 * Partial Randomize (Eq. 3): every pruned weight (mask 0) is drawn anew with probability `rate`, independently; kept ones stay.
 *
 * @param mask 1 for kept, 0 for pruned, one a weight
 * @param rate r in [0, 1]; 1 is the naive form
 * @throws InputError for a rate outside [0, 1]
 */
export function randomizePartial(
  weights: Float32Array,
  mask: Uint8Array,
  rate: number,
  { distribution, fanIn, stream }: Redraw,
): Randomized {
  requireNumber('rate', rate, 0, 1);
  if (mask.length !== weights.length)
    throw new RangeError(`a mask of ${mask.length} for ${weights.length} weights`);
  const fresh = sampler(distribution, fanIn, stream);
  const result = weights.slice();
  let replaced = 0;
  for (let i = 0; i < result.length; i++) {
    if (mask[i] !== 0 || stream.uniform() >= rate) continue;
    result[i] = fresh();
    replaced++;
  }
  return { weights: result, replaced };
}
