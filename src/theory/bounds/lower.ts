import { log1mexp } from '../probability/log-scale.js';
import type { WeightLaw } from '../problem/distribution.js';
import type { Problem } from '../problem/problem.js';

/** What no subnetwork can do without (docs/theory-width.md, section 6), first of all for U[-1,1]. */
export interface LowerBound {
  readonly name: string;
  readonly source: string;
  /** What it is about. */
  readonly about: string;
  /** Whether it says anything of the problem. */
  applies(problem: Problem): boolean;
  /** Whether it is proved for weights of this law. */
  provedFor(law: WeightLaw): boolean;
  /** The least D_1 that it leaves, rounded down: D_1 below it breaks the promise for some target. */
  width(problem: Problem): number;
}

/** More than the logarithms lose by rounding, relative to 1 + their size. */
const ROUNDING = 1e-12;

/** ceil(x), but never above the ceiling of the exact x; at least 1. */
const ceilDown = (x: number) => Math.max(1, Math.ceil(x - ROUNDING * (1 + Math.abs(x))));

/** One weight w with eps + e^-2 <= |w| <= 1: success <= 4 eps^2 ((1+R^2)^D - 2 (1+R^2/2)^D + 1), and at most 1 - 2^(1-RD). */
export const counting: LowerBound = {
  name: 'counting',
  source: 'docs/theory-width.md, section 6 (i)',
  about: 'every weight w with eps + e^-2 <= |w| <= 1',
  provedFor: (law) => law.uniform === 1,
  applies: ({ widths, epsilon }) => widths.join() === '1,1' && epsilon <= 1 - Math.exp(-2),
  width({ epsilon, delta, resamplings: R }) {
    const enough = (D: number) =>
      2 * Math.log(2 * epsilon) + logConfigurations(D, R) + ROUNDING * (1 + D * Math.log1p(R * R)) >=
      Math.log1p(-delta);
    let high = 1;
    while (!enough(high)) high *= 2;
    let low = Math.floor(high / 2);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (enough(middle)) high = middle;
      else low = middle;
    }
    return Math.max(high, ceilDown(Math.log2(2 / delta) / R));
  },
};

/** log((1+R^2)^D - 2 (1+R^2/2)^D + 1), D >= 1. */
export function logConfigurations(D: number, R: number): number {
  // ((1+a)^D - 1)^2-like cancellation at D = 1, where the sum is 0.
  if (D === 1) return Number.NEGATIVE_INFINITY;
  const all = D * Math.log1p(R * R);
  const half = D * Math.log1p((R * R) / 2);
  // A - 2B + 1 = (A - B) - (B - 1).
  const first = all + log1mexp(half - all);
  const second = half + log1mexp(-half);
  return first + log1mexp(second - first);
}

/** One layer, every F: D >= (d_in d_out log(1/eps) - log(1/(1-delta)))/((d_in + d_out) log(1+R)). */
export const layer: LowerBound = {
  name: 'layer',
  source: 'docs/theory-width.md, section 6 (ii)',
  about: 'all F of one layer together',
  provedFor: () => true,
  applies: ({ widths }) => widths.length === 2,
  width({ widths, epsilon, delta, resamplings }) {
    const [inputs, outputs] = [widths[0]!, widths[1]!];
    return ceilDown(
      (inputs * outputs * -Math.log(epsilon) + Math.log1p(-delta)) /
        ((inputs + outputs) * Math.log1p(resamplings)),
    );
  },
};

/**
 * One layer, every F, where v takes two values and u any (docs/theory-width.md, section 8, F3): a layer then has at most (1+R)^(D d_0) 3^(D d_1) subnetworks, so that
 * D >= (d_0 d_1 log(1/eps) - log(1/(1-delta)))/(d_0 log(1+R) + d_1 log 3). Re-sampling stops helping once d_1 log 3 > d_0 log(1+R).
 *
 * @param problem of one layer @returns the least D that it leaves, rounded down
 */
export function layerOfTwoValuedV({ widths, epsilon, delta, resamplings }: Problem): number {
  const [inputs, outputs] = [widths[0]!, widths[1]!];
  return ceilDown(
    (inputs * outputs * -Math.log(epsilon) + Math.log1p(-delta)) /
      (inputs * Math.log1p(resamplings) + outputs * Math.log(3)),
  );
}

/** Every shape: P(fail) >= 2^(-R D_1) for the target that passes x_1 on, so R D_1 >= log2(1/delta). */
export const universal: LowerBound = {
  name: 'universal',
  source: 'docs/theory-width.md, section 6 (iii)',
  about: 'the target with a single entry 1 in every layer; any depth, any re-sampling rule',
  // Half of the weights at 0 or below, but for rounding: the window holds all but a share of no account.
  provedFor: (law) => {
    const far = 32 * Math.max(...law.scales);
    return law.mass(-far, far) >= 0.5 - 1e-12;
  },
  applies: ({ epsilon }) => epsilon < 1,
  width: ({ delta, resamplings }) => ceilDown(-Math.log2(delta) / resamplings),
};

export const lowerBounds: readonly LowerBound[] = [counting, layer, universal];
