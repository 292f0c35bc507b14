import { requireNumber } from '../../core/errors.js';
import type { Randomized } from './randomize.js';
import type { Pairing } from './refreshes.js';
import { kthSmallest } from './select.js';

/**
 * Iterative Weight Recycling: of n weights the r n of lowest key, as far as they are pruned, take the values of as many of highest key.
 * Of equal keys that of the lower place counts as lower.
 *
 * @param mask 1 for kept, 0 for pruned, one a weight; kept ones stay
 * @param keys what the weights are ranked by
 * @param rate r in [0, 1]; r n is rounded
 * @throws InputError for a rate outside [0, 1]
 */
export function recycle(
  weights: Float32Array,
  mask: Uint8Array,
  keys: Float32Array,
  rate: number,
  pairing: Pairing,
): Randomized {
  requireNumber('rate', rate, 0, 1);
  if (mask.length !== weights.length || keys.length !== weights.length)
    throw new RangeError(`a mask of ${mask.length} and ${keys.length} keys for ${weights.length} weights`);
  let pruned = 0;
  for (const m of mask) if (m === 0) pruned++;
  const count = Math.min(Math.round(rate * weights.length), pruned);
  if (count === 0) return { weights: weights.slice(), replaced: new Int32Array(0) };
  const lowest = places(keys, kthSmallest(keys, count), (key, bound) => key <= bound)
    .slice(0, count)
    .filter((place) => mask[place] === 0);
  const highest = places(
    keys,
    kthSmallest(keys, keys.length - count + 1),
    (key, bound) => key >= bound,
  ).slice(-count);
  if (pairing === 'rank') highest.reverse();
  const result = weights.slice();
  for (const [i, place] of lowest.entries()) result[place] = weights[highest[i]!]!;
  return { weights: result, replaced: lowest.sort() };
}

/** Places whose key is within the bound, by key and place, ascending. */
function places(
  keys: Float32Array,
  bound: number,
  within: (key: number, bound: number) => boolean,
): Int32Array {
  const found = new Int32Array(keys.length);
  let count = 0;
  for (let i = 0; i < keys.length; i++) if (within(keys[i]!, bound)) found[count++] = i;
  return found.slice(0, count).sort((a, b) => keys[a]! - keys[b]! || a - b);
}
