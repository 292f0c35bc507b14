import type { Target } from '../problem/target.js';
import type { Block } from './block.js';
import { type Construction, requireShapes, signsOf } from './construction.js';
import type { EffectiveLayer, EffectiveNetwork } from './effective.js';
import { emptySubnetwork, type RandomNetwork, type Subnetwork } from './network.js';
import { strategyByName } from './strategies/index.js';

/** What a strategy found in a drawn network. */
export interface SearchResult {
  readonly success: boolean;
  /** (layer, coordinate, sign, output) events that are not served; 0 on success. */
  readonly failures: number;
  /** Those of them that an anytime search left open. */
  readonly undecided: readonly UndecidedEvent[];
  readonly subnetwork: Subnetwork;
  readonly effective: EffectiveNetwork;
}

/** An event for which no choice within the tolerance was found, and none was ruled out. */
export interface UndecidedEvent {
  /** From 1. */
  readonly layer: number;
  /** From 0. */
  readonly input: number;
  readonly sign: 1 | -1;
  /** From 0. */
  readonly output: number;
  /** How far the nearest sum found is off. */
  readonly error: number;
  /** No choice is nearer than this. */
  readonly lower: number;
}

/**
 * Looks for the subnetwork block by block, with the construction's strategy. Blocks lie side by side: coordinate by coordinate, the one for x before the one for -x.
 *
 * @throws InputError if shapes do not agree, or a search needs more memory than there is
 */
export function searchNetwork(
  construction: Construction,
  target: Target,
  network: RandomNetwork,
): SearchResult {
  requireShapes(construction, target);
  const { resamplings, strategy, anytime } = construction;
  const { searchBlock } = strategyByName(strategy);
  const options = anytime === undefined ? {} : { anytime };
  const subnetwork = emptySubnetwork(network);
  const undecided: UndecidedEvent[] = [];
  let failures = 0;
  const layers = construction.layers.map((layer, k): EffectiveLayer => {
    const { inputs, outputs, neurons } = layer;
    const [us, vs] = [network.samples[2 * k]!, network.samples[2 * k + 1]!];
    const columns = network.shape[2 * k + 1]!;
    const signs = signsOf(layer);
    const sides = signs.map(() => new Float64Array(outputs * inputs));
    for (let input = 0; input < inputs; input++) {
      const targets = columnOf(target.matrices[k]!, inputs, outputs, input);
      for (const [s, sign] of signs.entries()) {
        const first = (input * signs.length + s) * neurons;
        const block: Block = {
          sign,
          neurons,
          resamplings,
          us,
          uStart: (first * inputs + input) * resamplings,
          uStride: inputs * resamplings,
          vs,
          vStart: first * resamplings,
          vStride: columns * resamplings,
        };
        const found = searchBlock(block, targets, layer.tolerance, options);
        failures += found.unserved;
        for (const open of found.undecided ?? []) undecided.push({ layer: k + 1, input, sign, ...open });
        for (const { output, neuron, u, v } of found.kept) {
          const uEntry = (first + neuron) * inputs + input;
          const vEntry = output * columns + first + neuron;
          keep(subnetwork, 2 * k, uEntry, u);
          keep(subnetwork, 2 * k + 1, vEntry, v);
          sides[s]![output * inputs + input]! +=
            us[uEntry * resamplings + u]! * vs[vEntry * resamplings + v]!;
        }
      }
    }
    const [positive, negative] = sides;
    return negative === undefined ? { positive: positive! } : { positive: positive!, negative };
  });
  return {
    success: failures === 0,
    failures,
    undecided,
    subnetwork,
    effective: { widths: target.widths, layers },
  };
}

/** The weights of one input coordinate, output by output. */
export const columnOf = (
  matrix: Float64Array,
  inputs: number,
  outputs: number,
  input: number,
): Float64Array => Float64Array.from({ length: outputs }, (_, output) => matrix[output * inputs + input]!);

function keep({ masks, sampleIndices }: Subnetwork, m: number, entry: number, index: number): void {
  masks[m]![entry] = 1;
  sampleIndices[m]![entry] = index;
}
