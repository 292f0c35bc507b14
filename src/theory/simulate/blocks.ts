import { stream } from '../../core/rng.js';
import type { Target } from '../problem/target.js';
import type { Block } from '../search/block.js';
import { type Construction, type ConstructionLayer, requireShapes, signsOf } from '../search/construction.js';
import { columnOf } from '../search/search.js';
import { strategyByName } from '../search/strategies/index.js';
import type { Outcome } from './outcome.js';

/**
 * One trial with the samples drawn that the blocks look at, and no others, block by block: the law of drawing the whole network, in the memory of one block.
 *
 * @throws InputError if a block's search needs more memory than there is
 */
export function blocksTrial(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
): Outcome {
  requireShapes(construction, target);
  const { strategy, anytime } = construction;
  const { searchBlock } = strategyByName(strategy);
  const options = anytime === undefined ? {} : { anytime };
  const samples = new Float64Array(largestBlock(construction));
  let failures = 0;
  for (const [k, layer] of construction.layers.entries()) {
    const { inputs, outputs } = layer;
    for (let input = 0; input < inputs; input++) {
      const targets = columnOf(target.matrices[k]!, inputs, outputs, input);
      for (const sign of signsOf(layer)) {
        const block = drawBlock(construction, k, input, sign, seed, trial, samples);
        failures += searchBlock(block, targets, layer.tolerance, options).unserved;
      }
    }
  }
  return { success: failures === 0, failures };
}

/**
 * The block of one input coordinate and sign of layer k (from 0) of a trial.
 *
 * @param samples where they are drawn, at least {@link largestBlock} numbers
 */
export function drawBlock(
  { layers, resamplings, distribution }: Construction,
  k: number,
  input: number,
  sign: 1 | -1,
  seed: number,
  trial: number,
  samples: Float64Array,
): Block {
  const layer = layers[k]!;
  const drawn = samples.subarray(0, samplesOf(layer, resamplings));
  stream(seed, 'block', trial, k, input, sign).fill(drawn);
  for (let i = 0; i < drawn.length; i++) drawn[i] = distribution.quantile(drawn[i]!);
  return blockIn(drawn, sign, layer.neurons, resamplings);
}

/** A block whose samples follow one another: n R of u, then n R of v for each output. */
export const blockIn = (samples: Float64Array, sign: 1 | -1, neurons: number, R: number): Block => ({
  sign,
  neurons,
  resamplings: R,
  us: samples,
  uStart: 0,
  uStride: R,
  vs: samples,
  vStart: neurons * R,
  vStride: neurons * R,
});

const samplesOf = ({ neurons, outputs }: ConstructionLayer, R: number): number => neurons * R * (1 + outputs);

/** How many samples the largest block of a construction has. */
export const largestBlock = ({ layers, resamplings }: Construction): number =>
  Math.max(...layers.map((layer) => samplesOf(layer, resamplings)));
