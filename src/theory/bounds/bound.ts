import type { Problem } from '../problem/problem.js';
import { compileFormula } from './formula.js';

/** What a bound says of one layer i of the target. */
export interface LayerBound {
  /** D_i, the hidden width asked for (d~_{2i-1} in the paper). */
  readonly width: number;
  /** n_i, neurons in the block of one input coordinate and sign; undefined where the bound has no blocks. */
  readonly neurons?: number;
  /** Signs with a block of their own: 2 (both, Eq. 8), or 1 where the input is known to be nonnegative. */
  readonly signs?: 1 | 2;
  /** t_i, the tolerance of one entry behind the bound. */
  readonly tolerance?: number;
  /** R from which the bound says the least width is enough. */
  readonly resamplingThreshold?: number;
  /** What gave n_i, where a bound has several ways to it. */
  readonly by?: string;
  /** n_i by the closed form alone, where the bound has one. */
  readonly closed?: number;
}

/** A width bound of the literature or of ours. */
export interface Bound {
  readonly name: string;
  readonly source: string;
  /** Set where the source gives an order: the constants that stand for what it leaves open. */
  readonly constants?: string;
  /** The distribution that it is proved for, where that is not U[-1,1]. */
  readonly law?: string;
  /** Its blocks serve a weight by a sum over several neurons: too narrow for a search that takes one neuron a weight. */
  readonly sums?: true;
  layers(problem: Problem): LayerBound[];
}

/** 1, ..., l. */
export const layerIndices = (widths: readonly number[]) => widths.slice(1).map((_, k) => k + 1);

/**
 * max(1, ceil(x)) for a bound. Doubles carry x to about 1e-15; where that cannot tell x from an integer and the integer
 * matters, the formula is evaluated again with 64 digits.
 */
export function ceiling(x: number, formula: string, variables: Readonly<Record<string, number>>): number {
  if (x < 0.5) return 1;
  if (x > 1e12 || Math.abs(x - Math.round(x)) > 1e-13 * Math.max(1, x)) return Math.ceil(x);
  return compileFormula(formula, Object.keys(variables)).ceil(variables);
}
