import { InputError } from '../../core/errors.js';
import { kthSmallest } from './select.js';

/** A pruned fraction in [0, 1), or an {@link InputError}. */
export function requireSparsity(sparsity: number): number {
  if (!(sparsity >= 0 && sparsity < 1))
    throw new InputError(
      `sparsity ${sparsity}`,
      'must lie in [0, 1): the fraction pruned',
      'pass one such as 0.5',
    );
  return sparsity;
}

/** Rank of the smallest kept score among n: 1 + round(sparsity (n - 1)), halves to the even integer. */
export function thresholdRank(n: number, sparsity: number): number {
  const exact = requireSparsity(sparsity) * (n - 1);
  const floor = Math.floor(exact);
  const rest = exact - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1);
  return 1 + floor + (up ? 1 : 0);
}

/**
 * The score from which on weights are kept (Algorithm 2, per layer): the k-th smallest, k of {@link thresholdRank}. Scores equal to it
 * are kept, so n - k + 1 weights are, and more only if it is tied.
 */
export function maskThreshold(scores: Float32Array, sparsity: number): number {
  return kthSmallest(scores, thresholdRank(scores.length, sparsity));
}

/** 1 where the score reaches the layer's threshold, else 0. */
export function maskOf(scores: Float32Array, sparsity: number): Uint8Array {
  const threshold = maskThreshold(scores, sparsity);
  const mask = new Uint8Array(scores.length);
  for (let i = 0; i < mask.length; i++) mask[i] = scores[i]! >= threshold ? 1 : 0;
  return mask;
}
