import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { requireProbability } from './errors.js';
import type { Interval } from './intervals.js';

/** Mean of a sample, with what is known of its spread. */
export interface MeanEstimate {
  readonly mean: number;
  /** Sample standard deviation (divisor n - 1); NaN for one value. */
  readonly deviation: number;
  /** Student's interval for the mean of the normal law the values come from; infinite for one value. */
  readonly interval: Interval;
}

/**
 * Mean, deviation and Student's t interval.
 *
 * @param values at least one
 * @param alpha error level in (0, 1): of independent normal values, the interval misses the true mean with this probability
 */
export function meanEstimate(values: readonly number[], alpha: number): MeanEstimate {
  requireProbability('alpha', alpha);
  const n = values.length;
  if (n === 0) throw new RangeError('no values');
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { mean, deviation: Number.NaN, interval: { low: -Infinity, high: Infinity } };
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  const half = (tQuantile(1 - alpha / 2, n - 1) * deviation) / Math.sqrt(n);
  return { mean, deviation, interval: { low: mean - half, high: mean + half } };
}
