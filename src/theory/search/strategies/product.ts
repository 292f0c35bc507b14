import { type Block, type BlockResult, type Kept, uAt, vAt } from '../block.js';
import { projection } from './projection.js';
import type { Strategy } from './strategy.js';

/**
 * One neuron a weight, any samples with |u v - w| <= t and u on the block's side. For one output all pairs are looked at. Outputs share a neuron's u, so for several
 * each neuron takes the u that serves most of those not served yet (the first of equals); where that leaves more of them than the projection map, its choice is taken.
 */
export const product: Strategy = {
  name: 'product',
  about: 'one neuron a weight, any samples with |u v - w| <= t',
  sums: false,
  searchBlock(block: Block, targets: Float64Array, tolerance: number): BlockResult {
    const kept: Kept[] = [];
    let unserved = Array.from(targets, (_, output) => output);
    for (let neuron = 0; neuron < block.neurons && unserved.length > 0; neuron++) {
      const served = mostServed(block, targets, tolerance, neuron, unserved);
      kept.push(...served);
      const done = new Set(served.map(({ output }) => output));
      if (done.size > 0) unserved = unserved.filter((output) => !done.has(output));
    }
    const greedy = { unserved: unserved.length, kept };
    if (unserved.length === 0 || targets.length === 1) return greedy;
    const mapped = projection.searchBlock(block, targets, tolerance);
    // Where |v| may be above 1 its windows do not make |u v - w| <= t sure.
    return mapped.unserved < greedy.unserved && allWithin(block, targets, tolerance, mapped.kept)
      ? mapped
      : greedy;
  },
};

/** What the best u of one neuron serves among the outputs. */
function mostServed(
  block: Block,
  targets: Float64Array,
  tolerance: number,
  neuron: number,
  outputs: readonly number[],
): Kept[] {
  const { us, vs, sign, resamplings: R } = block;
  let best: Kept[] = [];
  for (let u = 0; u < R; u++) {
    const value = us[uAt(block, neuron) + u]!;
    if (!(sign * value > 0)) continue;
    const served: Kept[] = [];
    for (const output of outputs) {
      const from = vAt(block, output, neuron);
      for (let v = 0; v < R; v++)
        if (Math.abs(value * vs[from + v]! - targets[output]!) <= tolerance) {
          served.push({ output, neuron, u, v });
          break;
        }
    }
    if (served.length > best.length) best = served;
  }
  return best;
}

function allWithin(block: Block, targets: Float64Array, tolerance: number, kept: readonly Kept[]): boolean {
  return kept.every(({ output, neuron, u, v }) => {
    const slope = block.us[uAt(block, neuron) + u]! * block.vs[vAt(block, output, neuron) + v]!;
    return Math.abs(slope - targets[output]!) <= tolerance;
  });
}
