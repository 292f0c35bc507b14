import { type Block, type BlockResult, uAt } from '../block.js';
import { product } from './product.js';
import type { Strategy, StrategyOptions } from './strategy.js';
import { subsetSumFixed } from './subset-sum-fixed.js';
import { serveOutputs } from './sums.js';

/**
 * A sum over neurons of one product u v each, or none, from all R^2 pairs with u on the block's side. For one output this is exact over all subnetworks. Several outputs share
 * each neuron's u, and to choose them best is hard: outputs are served in order, each exactly given the u that those before it use. Where that leaves some
 * unserved, the choices of `subset-sum-fixed` and `product` are tried, and the one that leaves the fewest is taken.
 */
export const subsetSum = {
  name: 'subset-sum',
  about: 'a sum over neurons of any product u v each; for one output all subnetworks',
  sums: true,
  usable: onSide,
  searchBlock(
    block: Block,
    targets: Float64Array,
    tolerance: number,
    options: StrategyOptions = {},
  ): BlockResult {
    let best = serveOutputs(block, targets, tolerance, onSide, options);
    if (targets.length === 1) return best;
    for (const other of [subsetSumFixed, product]) {
      if (best.unserved === 0) return best;
      const found = other.searchBlock(block, targets, tolerance, options);
      if (found.unserved < best.unserved) best = found;
    }
    return best;
  },
} satisfies Strategy;

/** Every sample of u on the block's side. */
function onSide(block: Block, neuron: number): number[] {
  const from = uAt(block, neuron);
  const found: number[] = [];
  for (let r = 0; r < block.resamplings; r++) if (block.sign * block.us[from + r]! > 0) found.push(r);
  return found;
}
