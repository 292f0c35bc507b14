import { binomialLogMass } from './binomial.js';
import { log1mexp, logAdd, logSum } from './log-scale.js';

/** p -> log of an upper bound of E (1 + Bin(R, p))^(-theta), for p in [0, 1/2]. */
export type InverseMoment = (p: number) => number;

/** More than what the sums lose by rounding, on the log scale and relative to it. */
const ROUNDING = 1e-11;

/**
 * E (1 + B)^(-theta) for B ~ Bin(R, p), R from 1 to 1e9, from above: by parts it is the sum over k of P(B <= k) times what
 * (1+k)^(-theta) falls by to the next k. Up to R = 128 every k is one; beyond, k goes on in steps of 1/64 of itself, and P(B <= k) is bounded by a
 * geometric series. It is computed at a grid of p and interpolated linearly between: convex in p, it lies below.
 */
export function inverseMoments(R: number): (theta: number) => InverseMoment {
  const ps = [0.5];
  while (ps.at(-1)! > Math.max(0.25 / R, 0.01)) ps.push(ps.at(-1)! * 0.93);
  const ks = steps(R);
  const tables = ps.map((p) => logDistribution(R, p, ks));
  return (theta) => {
    const falls = ks.map((k, i) => {
      const value = -theta * Math.log1p(k);
      return i === ks.length - 1 ? value : value + log1mexp(-theta * Math.log((1 + ks[i + 1]!) / (1 + k)));
    });
    const values = tables.map((table) => {
      const sum = logSum(falls.map((fall, i) => fall + table[i]!));
      return Math.min(0, sum + ROUNDING * (1 + Math.abs(sum)));
    });
    return (p) => {
      // ps falls by 0.93 from node to node.
      let i = Math.max(0, Math.floor(Math.log(2 * p) / Math.log(0.93)) - 1);
      while (i < ps.length && ps[i]! > p) i++;
      if (i >= ps.length) i = -1;
      if (i === 0) return values[0]!;
      const [high, low] = i < 0 ? [ps.at(-1)!, 0] : [ps[i - 1]!, ps[i]!];
      const [above, below] = i < 0 ? [values.at(-1)!, 0] : [values[i - 1]!, values[i]!];
      const part = Math.min(1, Math.max(0, (p - low) / (high - low)));
      return logAdd(Math.log1p(-part) + below, Math.log(part) + above);
    };
  };
}

/** 0, 1, ..., then in steps of 1/64, up to beyond R/2. */
function steps(R: number): number[] {
  const ks: number[] = [];
  for (let k = 0; k <= R && (R <= 128 || k <= R / 2); k += k < 128 ? 1 : Math.floor(k / 64)) ks.push(k);
  return ks;
}

/** log P(B < the next k), from above, for each k; 0 at the last. */
function logDistribution(R: number, p: number, ks: readonly number[]): number[] {
  let sum = Number.NEGATIVE_INFINITY;
  return ks.map((k, i) => {
    if (i === ks.length - 1) return 0;
    const to = ks[i + 1]! - 1;
    if (to === k && k < 128) {
      sum = logAdd(sum, binomialLogMass(k, R, p));
      return Math.min(0, sum);
    }
    // Below the mean the masses fall at least geometrically to the left.
    const fall = (to * (1 - p)) / ((R - to + 1) * p);
    return fall < 1 ? Math.min(0, binomialLogMass(to, R, p) - Math.log1p(-fall)) : 0;
  });
}
