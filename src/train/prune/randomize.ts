import { requireNumber } from '../../core/errors.js';
import type { Stream } from '../../core/rng.js';

/** What a layer's pruned weights may be replaced by. */
export interface Redraw {
  /**
   * One value a weight, drawn whether it is taken or not: what a weight becomes depends on its place and this draw alone, not on the
   * mask, so that it can be drawn again without the run's history.
   */
  readonly fresh: Float32Array;
  /** Decides which pruned weights are replaced: one number a weight, pruned or not, for the same reason. */
  readonly choice: Stream;
}

/** New weights, and the places of those that were replaced, ascending. */
export interface Randomized {
  readonly weights: Float32Array;
  readonly replaced: Int32Array;
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
  { fresh, choice }: Redraw,
): Randomized {
  requireNumber('rate', rate, 0, 1);
  if (mask.length !== weights.length || fresh.length !== weights.length)
    throw new RangeError(
      `a mask of ${mask.length} and ${fresh.length} fresh values for ${weights.length} weights`,
    );
  const result = weights.slice();
  const replaced = new Int32Array(weights.length);
  const chosen = chosenPlaces(choice, weights.length, rate);
  let count = 0;
  for (let i = 0; i < result.length; i++) {
    if (mask[i] !== 0 || chosen[i] === 0) continue;
    result[i] = fresh[i]!;
    replaced[count++] = i;
  }
  return { weights: result, replaced: replaced.slice(0, count) };
}

/** The places that a randomization replaces where they are pruned: 1 with probability `rate`, independently, else 0. */
export function chosenPlaces(choice: Stream, places: number, rate: number): Uint8Array {
  const uniforms = new Float64Array(places);
  choice.fill(uniforms);
  return Uint8Array.from(uniforms, (u) => (u < rate ? 1 : 0));
}
