import { parseDistribution } from '../problem/distribution.js';
import { type BlockResult, uAt, vAt } from '../search/block.js';
import type { Construction } from '../search/construction.js';
import { strategyByName } from '../search/strategies/index.js';
import { drawBlock, largestBlock } from './blocks.js';

/** Blocks of some input coordinates of a layer to draw and search, as a message to a worker. */
export interface FindTask {
  /** The distribution by its name, since functions do not cross to workers. */
  readonly construction: Omit<Construction, 'distribution'> & { readonly distribution: string };
  /** From 0. */
  readonly layer: number;
  readonly signs: readonly (1 | -1)[];
  readonly inputs: readonly number[];
  /** For each input coordinate the weights of its outputs. */
  readonly targets: readonly Float64Array[];
  readonly seed: number;
  readonly trial: number;
}

/** What was found in one block. */
export interface FoundBlock {
  readonly unserved: number;
  /** Neurons up to the last one that is kept. */
  readonly neurons: number;
  /** Of each of these the sample of u, -1 if no output keeps it. */
  readonly us: Int32Array;
  /** Row-major `[outputs, neurons]`: the sample of v, -1 where the neuron is pruned. */
  readonly vs: Int32Array;
  /** For each output the sum of its products. */
  readonly sums: Float64Array;
}

/** Draws and searches blocks in one thread: coordinate by coordinate, sign by sign. */
export default function findBlocks(task: FindTask): FoundBlock[] {
  const { layer, signs, inputs, targets, seed, trial } = task;
  const construction = {
    ...task.construction,
    distribution: parseDistribution(task.construction.distribution),
  };
  const { searchBlock } = strategyByName(construction.strategy);
  const { tolerance } = construction.layers[layer]!;
  const options = construction.anytime === undefined ? {} : { anytime: construction.anytime };
  const samples = new Float64Array(largestBlock(construction));
  return inputs.flatMap((input, i) =>
    signs.map((sign) => {
      const block = drawBlock(construction, layer, input, sign, seed, trial, samples);
      const found = searchBlock(block, targets[i]!, tolerance, options);
      const value = (neuron: number, output: number, u: number, v: number) =>
        block.us[uAt(block, neuron) + u]! * block.vs[vAt(block, output, neuron) + v]!;
      return packed(found, targets[i]!.length, value);
    }),
  );
}

function packed(
  { unserved, kept }: BlockResult,
  outputs: number,
  value: (neuron: number, output: number, u: number, v: number) => number,
): FoundBlock {
  const neurons = kept.reduce((most, { neuron }) => Math.max(most, neuron + 1), 0);
  const us = new Int32Array(neurons).fill(-1);
  const vs = new Int32Array(outputs * neurons).fill(-1);
  const sums = new Float64Array(outputs);
  for (const { output, neuron, u, v } of kept) {
    us[neuron] = u;
    vs[output * neurons + neuron] = v;
    sums[output]! += value(neuron, output, u, v);
  }
  return { unserved, neurons, us, vs, sums };
}
