import tCdf from '@stdlib/stats-base-dists-t-cdf';
import type { MeanEstimate } from './mean.js';

/**
 * Student's test of whether the mean of a normal law is 0.
 *
 * @param estimate of the mean, from `n` values
 * @returns the two-sided p value in [0, 1]; 1 for one value, which decides nothing
 */
export function studentTest({ mean, deviation }: MeanEstimate, n: number): number {
  if (n < 2) return 1;
  // Values without spread: 0 is the mean, or cannot be.
  if (deviation === 0) return mean === 0 ? 1 : 0;
  return 2 * tCdf((-Math.abs(mean) * Math.sqrt(n)) / deviation, n - 1);
}

/**
 * P values adjusted by Holm (1979): to reject where the adjusted one is at most alpha makes any false rejection at most alpha probable,
 * however the tests depend on one another.
 *
 * @returns in the order given, each in [0, 1] and at least the value itself
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const adjusted = new Array<number>(values.length);
  let least = 0;
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, (values.length - rank) * values[i]!));
    adjusted[i] = least;
  }
  return adjusted;
}
