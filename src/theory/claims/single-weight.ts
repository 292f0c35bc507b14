import { formatNumber } from '../../core/format.js';
import { lemma42, proposition43 } from '../bounds/index.js';
import { all, type Probability, weightProbability } from '../probability/exact.js';
import { uniform } from '../problem/distribution.js';
import { singleWeightTarget } from '../problem/target.js';
import { constructionFor, exactProbability } from '../search/construction.js';
import type { SuccessRate } from '../simulate/montecarlo.js';
import type { ClaimNumber } from './claim.js';

/** D_param of the paper's theory, U[-1, 1]. */
export const paperDistribution = uniform(1);

/** Exact probability that n neurons a side with R samples serve one weight w within tolerance t, on both sides. */
export function twoSided(n: number, R: number, t: number, w: number): Probability {
  return all([oneSided(n, R, t, w), oneSided(n, R, t, -w)]);
}

/** The same on the side of x > 0 alone. */
export function oneSided(n: number, R: number, t: number, w: number): Probability {
  return weightProbability(n, R, paperDistribution.mass(1, t / 2), paperDistribution.mass(w, t / 2));
}

/** Exact failure of the construction for one weight at the width of Prop. 4.3 (Lemma 4.2 at R = 1). */
export function failureAtPaperWidth(epsilon: number, delta: number, R: number, w: number): number {
  const problem = { widths: [1, 1], epsilon, delta, resamplings: R };
  const bound = R === 1 ? lemma42 : proposition43;
  return exactProbability(constructionFor(problem, bound, paperDistribution), singleWeightTarget(w)).failure;
}

/** A success rate as the failure probability it estimates. */
export function failureNumber(label: string, { rate, interval, alpha, trials }: SuccessRate): ClaimNumber {
  return {
    label: `${label}, ${formatNumber(trials)} trials`,
    value: 1 - rate,
    interval: { low: 1 - interval.high, high: 1 - interval.low },
    alpha,
  };
}

/** The values of epsilon and delta on which statements about all of (0, 1) are checked exactly. */
export const epsilonGrid = [0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99] as const;
export const deltaGrid = [0.5, 0.1, 0.01, 1e-3, 1e-6, 1e-12] as const;
export const weightGrid = [0, 0.25, 0.5, 0.9, 0.99, 1] as const;
