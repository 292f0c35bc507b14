import { type Block, type BlockResult, type Kept, uAt, vAt } from '../block.js';
import type { Strategy } from './strategy.js';

/**
 * The paper's construction: the sample indices of a block are 0 ... nR-1, pi(k) = floor(k/R) is the neuron of index k (Eq. 13), and an output is
 * served by the first neuron that has a sample of u within t/2 of the sign and a sample of v within t/2 of sign*w (Eq. 15).
 */
export const projection: Strategy = {
  name: 'projection',
  about: 'one neuron a weight, u near +-1 and v near +-w: the paper’s projection map',
  sums: false,
  searchBlock(block: Block, targets: Float64Array, tolerance: number): BlockResult {
    const { us, vs, sign, resamplings: R } = block;
    const half = tolerance / 2;
    const kept: Kept[] = [];
    let unserved = Array.from(targets, (_, output) => output);
    for (let neuron = 0; neuron < block.neurons && unserved.length > 0; neuron++) {
      const u = sampleNear(us, uAt(block, neuron), R, sign, half);
      if (u < 0) continue;
      unserved = unserved.filter((output) => {
        const v = sampleNear(vs, vAt(block, output, neuron), R, sign * targets[output]!, half);
        if (v < 0) return true;
        kept.push({ output, neuron, u, v });
        return false;
      });
    }
    return { unserved: unserved.length, kept };
  },
};

/** The index among the R samples from `from` of the first within `half` of `center`, or -1. */
function sampleNear(samples: Float64Array, from: number, R: number, center: number, half: number): number {
  for (let r = 0; r < R; r++) if (Math.abs(samples[from + r]! - center) <= half) return r;
  return -1;
}
