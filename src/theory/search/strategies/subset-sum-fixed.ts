import { type Block, type BlockResult, largestU } from '../block.js';
import type { Strategy, StrategyOptions } from './strategy.js';
import { type Neuron, serveOutputs } from './sums.js';

/**
 * The scheme of the width theorem under re-sampling (docs/theory-width.md, Theorem 1): every neuron uses the largest of its samples of u on the block's side, none if
 * there is none, and an output is served by a sum over neurons of one of R products each, or none. Exact over these choices. At R = 1 it is the construction of
 * Pensia et al. 2020: a subset of the products u_i v_i with u_i > 0.
 */
export const subsetSumFixed: Strategy = {
  name: 'subset-sum-fixed',
  about:
    'a sum over neurons, each with the largest of its u: the scheme of the width theorem under re-sampling',
  sums: true,
  searchBlock(
    block: Block,
    targets: Float64Array,
    tolerance: number,
    options: StrategyOptions = {},
  ): BlockResult {
    const neurons = Array.from({ length: block.neurons }, (_, neuron): Neuron => {
      const u = largestU(block, neuron);
      return { us: u < 0 ? [] : [u] };
    });
    return serveOutputs(block, targets, tolerance, neurons, options);
  },
};
