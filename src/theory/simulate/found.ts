import { mapParts } from '../../core/pool.js';
import type { Progress } from '../../core/progress.js';
import type { Target } from '../problem/target.js';
import { type Construction, requireShapes, signsOf } from '../search/construction.js';
import type { EffectiveLayer, EffectiveNetwork } from '../search/effective.js';
import { columnOf } from '../search/search.js';
import findBlocks, { type FindTask, type FoundBlock } from './find-blocks.js';

/** What a strategy found in one layer of a network that was drawn block by block. */
export interface FoundLayer {
  /** Blocks, coordinate by coordinate and for each sign by sign. */
  readonly blocks: readonly FoundBlock[];
  /** The most neurons that a block uses: so many a block are enough in this draw. */
  readonly neurons: number;
  readonly unserved: number;
}

/** A subnetwork found in a network drawn block by block. */
export interface FoundNetwork {
  readonly layers: readonly FoundLayer[];
  readonly effective: EffectiveNetwork;
}

/** Input coordinates in one message to a worker. */
const INPUTS = 8;

const worker = { file: new URL('./find-blocks.js', import.meta.url), run: findBlocks };

/**
 * One trial, drawn block by block as `blocksTrial` draws it, with the subnetwork that is found: at sizes whose whole network would not fit into memory.
 *
 * @param construction with a strategy that searches blocks and a distribution known by its name
 * @param workers 1 to 1024; what comes out does not depend on it
 */
export async function findNetwork(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
  workers: number,
  progress?: Progress,
): Promise<FoundNetwork> {
  requireShapes(construction, target);
  const tasks = construction.layers.flatMap((layer, k) =>
    Array.from({ length: Math.ceil(layer.inputs / INPUTS) }, (_, part): FindTask => {
      const inputs = Array.from(
        { length: Math.min(INPUTS, layer.inputs - part * INPUTS) },
        (_, i) => part * INPUTS + i,
      );
      return {
        construction: { ...construction, distribution: construction.distribution.name },
        layer: k,
        signs: signsOf(layer),
        inputs,
        targets: inputs.map((input) => columnOf(target.matrices[k]!, layer.inputs, layer.outputs, input)),
        seed,
        trial,
      };
    }),
  );
  const results = await mapParts(worker, tasks, workers, progress);
  const layers = construction.layers.map((_, k): FoundLayer => {
    const blocks = results.filter((_, i) => tasks[i]!.layer === k).flat();
    return {
      blocks,
      neurons: blocks.reduce((most, { neurons }) => Math.max(most, neurons), 0),
      unserved: blocks.reduce((sum, { unserved }) => sum + unserved, 0),
    };
  });
  const effective = construction.layers.map((layer, k): EffectiveLayer => {
    const signs = signsOf(layer);
    const [positive, negative] = signs.map((_, side) => {
      const matrix = new Float64Array(layer.inputs * layer.outputs);
      for (let input = 0; input < layer.inputs; input++) {
        const { sums } = layers[k]!.blocks[input * signs.length + side]!;
        for (const [output, sum] of sums.entries()) matrix[output * layer.inputs + input] = sum;
      }
      return matrix;
    });
    return negative === undefined ? { positive: positive! } : { positive: positive!, negative };
  });
  return { layers, effective: { widths: target.widths, layers: effective } };
}
