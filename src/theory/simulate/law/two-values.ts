import type { WeightLaw } from '../../problem/distribution.js';

/** a, if the weights are -a and a. */
export const twoValue = ({ name, scales }: WeightLaw): number | undefined =>
  /^(?:two-valued|sc):/.test(name) ? scales[0] : undefined;

/** The k of the least size for which the slope k a^2 is within t of w, if there is one. */
export function slopeWithin(w: number, t: number, a: number): number | undefined {
  const least = Math.max(0, Math.ceil((Math.abs(w) - t) / a ** 2 - 1e-12));
  return Math.abs(least * a ** 2 - Math.abs(w)) <= t * (1 + 1e-12) ? least : undefined;
}
