import { binomialLogMass } from '../../probability/binomial.js';
import type { WeightLaw } from '../../problem/distribution.js';
import { type SumStrategy, usableShare } from './neurons-until-served.js';

/** What counting says of the neurons that a factor e of 1/t costs. */
export interface GrowthConstants {
  /** 1/log E c, c the number of choices that one neuron gives (1 for none): no strategy of these choices can grow more slowly as t goes to 0. */
  readonly counting: number;
  /** 1/E log c: the number of choices of n neurons is typically exp(n E log c), which has to reach 1/t. */
  readonly typical: number;
}

/** For one sign of a symmetric law without atoms. */
export function growthConstants(strategy: SumStrategy, R: number, law: WeightLaw): GrowthConstants {
  if (strategy !== 'subset-sum') {
    const used = usableShare(strategy, law, R);
    return { counting: 1 / Math.log1p(used * R), typical: 1 / (used * Math.log1p(R)) };
  }
  let typical = 0;
  for (let k = 1; k <= R; k++) typical += Math.exp(binomialLogMass(k, R, 0.5, 0.5)) * Math.log1p(k * R);
  return { counting: 1 / Math.log1p((R * R) / 2), typical: 1 / typical };
}
