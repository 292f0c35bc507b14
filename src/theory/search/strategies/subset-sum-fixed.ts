import { type Block, firstLargeU, largestU } from '../block.js';
import type { Strategy, StrategyName } from './strategy.js';
import { serveOutputs } from './sums.js';

/**
 * A sum over neurons of one of R products each, or none, every neuron with the one sample of u that a rule fixes: exact over these choices.
 *
 * @param rule the sample of u from the samples of u alone, -1 for none
 */
function withFixedU(
  name: StrategyName,
  about: string,
  rule: (block: Block, neuron: number) => number,
): Strategy & Required<Pick<Strategy, 'usable'>> {
  const usable = (block: Block, neuron: number): readonly number[] => {
    const u = rule(block, neuron);
    return u < 0 ? [] : [u];
  };
  return {
    name,
    about,
    sums: true,
    usable,
    searchBlock: (block, targets, tolerance, options = {}) =>
      serveOutputs(block, targets, tolerance, usable, options),
  };
}

/**
 * The scheme of the width theorem under re-sampling (docs/theory-width.md, Theorem 1): u is the largest on the block's side. At R = 1 it is the construction of
 * Pensia et al. 2020: a subset of the products u_i v_i with u_i > 0.
 */
export const subsetSumFixed = withFixedU(
  'subset-sum-fixed',
  'a sum over neurons, each with the largest of its u: the scheme of the width theorem under re-sampling',
  largestU,
);

/** A simpler scheme, which a shorter proof is about: u is the first of at least 2/3 in size. */
export const subsetSumFirst = withFixedU(
  'subset-sum-first',
  'a sum over neurons, each with the first of its u of at least 2/3',
  firstLargeU,
);
