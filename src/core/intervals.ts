import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { requireInteger, requireProbability } from './errors.js';

/** An estimate of a probability with its confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The Clopper-Pearson (exact) interval for a binomial proportion.
 *
 * @param successes number of successes, 0 ... trials
 * @param trials number of independent trials, at least 1
 * @param alpha error level in (0, 1): the interval misses the truth with probability at most alpha
 * @returns quantiles of Beta(s, t-s+1) and Beta(s+1, t-s); 0 and 1 at the ends
 */
export function clopperPearson(successes: number, trials: number, alpha: number): Interval {
  requireInteger('trials', trials, 1, Number.MAX_SAFE_INTEGER);
  requireInteger('successes', successes, 0, trials);
  requireProbability('alpha', alpha);
  return {
    low: successes === 0 ? 0 : betaQuantile(alpha / 2, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - alpha / 2, successes + 1, trials - successes),
  };
}
