import { binomialLogMass } from './binomial.js';
import type { Probability } from './exact.js';
import { logAdd } from './log-scale.js';

/**
 * Weights of two values -alpha and alpha: slopes are the multiples k alpha^2, |k| <= n, and re-sampling only supplies signs. The probability, for one sign of the
 * input, that n neurons hold the slope k alpha^2: at least |k| of them have a sample of u and one of v of the signs needed.
 *
 * @param n neurons, @param R samples per entry
 */
export function twoValuedSlope(k: number, n: number, R: number): Probability {
  const miss = 2 ** -R;
  const q = miss * (2 - miss);
  let [failure, success] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i <= n; i++) {
    const mass = binomialLogMass(i, n, 1 - q, q);
    if (i < Math.abs(k)) failure = logAdd(failure, mass);
    else success = logAdd(success, mass);
  }
  return { failure: Math.min(1, Math.exp(failure)), success: Math.min(1, Math.exp(success)) };
}

/** The least n that hold the slope k alpha^2 with failure at most delta. */
export function twoValuedNeurons(k: number, R: number, delta: number): number {
  let n = Math.abs(k);
  while (twoValuedSlope(k, n, R).failure > delta) n++;
  return n;
}

/** What no width and no R takes away with values -alpha, alpha: the worst weight lies this far from every slope. */
export const twoValuedErrorFloor = (alpha: number): number => (alpha * alpha) / 2;

/**
 * The least n that could serve every w in [-1, 1] within t where the products u v take K values: n neurons have at most C(n+K, K) slopes, and 1/t
 * are needed. It grows like t^(-1/K), whatever R is.
 */
export function leastNeuronsOfValues(t: number, K: number): number {
  let log = 0;
  let n = 0;
  // C(n+K, K) = C(n-1+K, K) (n+K)/n. Just below 1/t counts as 1/t: the bound is rounded down.
  while (log < -Math.log(t) - 1e-12 * (1 + n)) {
    n++;
    log += Math.log1p(K / n);
  }
  return n;
}
