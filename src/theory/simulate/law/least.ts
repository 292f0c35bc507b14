import { clopperPearson, type Interval } from '../../../core/intervals.js';
import { meanEstimate } from '../../../core/mean.js';

/** What trials say of the number of neurons that a strategy needs. */
export interface LeastEstimate {
  /** The least n after which at most a share delta of the trials fails. */
  readonly least: number;
  /** The least n of the law lies in it, but for an error of probability alpha; infinite above (null in JSON) where the trials are too few to say. */
  readonly interval: Interval;
  /** Mean number of neurons until the weight is served. */
  readonly mean: number;
  /** Its standard error. */
  readonly error: number;
  /** The most that a trial needed. */
  readonly most: number;
}

/**
 * The least n at which the failure probability is at most delta, from independent trials that each say how many neurons they needed. n is ruled out from below where the
 * Clopper-Pearson interval of the failure at n lies above delta, and is enough where it lies below; as failure falls with n, both hold together but for an error of alpha.
 *
 * @param neurons what each trial needed, at least two trials
 */
export function leastOf(neurons: readonly number[], delta: number, alpha: number): LeastEstimate {
  const trials = neurons.length;
  const most = neurons.reduce((a, b) => Math.max(a, b));
  const failing = failuresAt(neurons, most);
  const { mean, deviation } = meanEstimate(neurons, alpha);
  const intervals = failing.map((failures) => clopperPearson(failures, trials, alpha));
  const enough = intervals.findIndex(({ high }) => high <= delta);
  return {
    least: failing.findIndex((failures) => failures <= delta * trials),
    interval: {
      low: intervals.findIndex(({ low }) => low <= delta),
      // With too few trials even no failure leaves delta open.
      high: enough < 0 ? Number.POSITIVE_INFINITY : enough,
    },
    mean,
    error: deviation / Math.sqrt(trials),
    most,
  };
}

/** How many trials fail with 0, 1, ..., most neurons. */
function failuresAt(neurons: readonly number[], most: number): number[] {
  const counts = new Array<number>(most + 1).fill(0);
  for (const needed of neurons) counts[needed]!++;
  let left = neurons.length;
  return counts.map((count) => {
    left -= count;
    return left;
  });
}
