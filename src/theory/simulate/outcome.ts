import { stream } from '../../core/rng.js';
import { binomialSampler, geometric } from '../probability/binomial.js';
import { hitProbability } from '../probability/exact.js';
import type { Target } from '../problem/target.js';
import { type Construction, requireShapes, signsOf } from '../search/construction.js';
import type { EffectiveLayer, EffectiveNetwork } from '../search/effective.js';

/** One outcome of the construction, without the samples that were not used. */
export interface Outcome {
  readonly success: boolean;
  /** (layer, coordinate, sign, output) events that no neuron serves; 0 on success. */
  readonly failures: number;
}

/**
 * One trial of the construction at any width, in the law of drawing every sample (docs/theory.md, section 2): in a block,
 * A ~ Bin(n, q(pu)) neurons are good for u, and the first of them that serves an output is geometric with q(pv).
 * Time is proportional to the target's entries, whatever n and R.
 */
export function outcomeTrial(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
): Outcome {
  let failures = 0;
  walk(construction, target, seed, trial, (_layer, _side, _entry, neuron) => {
    if (neuron === 0) failures++;
  });
  return { success: failures === 0, failures };
}

/** The same trial with the effective network it leaves: same success, values from a stream of their own. */
export function outcomeNetwork(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
): Outcome & { readonly effective: EffectiveNetwork } {
  const { distribution, layers } = construction;
  const random = stream(seed, 'outcome values', trial);
  const sides = layers.map((layer) =>
    signsOf(layer).map(() => new Float64Array(layer.inputs * layer.outputs)),
  );
  let failures = 0;
  // Outputs served by one neuron share its u.
  let block = '';
  let us = new Map<number, number>();
  walk(construction, target, seed, trial, (k, side, entry, neuron) => {
    if (neuron === 0) {
      failures++;
      return;
    }
    const layer = layers[k]!;
    const sign = signsOf(layer)[side]!;
    const half = layer.tolerance / 2;
    const id = `${k} ${side} ${entry % layer.inputs}`;
    if (id !== block) {
      block = id;
      us = new Map();
    }
    let u = us.get(neuron);
    if (u === undefined) {
      u = distribution.sampleWithin(sign, half, random);
      us.set(neuron, u);
    }
    sides[k]![side]![entry] = u * distribution.sampleWithin(sign * target.matrices[k]![entry]!, half, random);
  });
  const effective: EffectiveNetwork = {
    widths: target.widths,
    layers: sides.map(
      ([positive, negative]): EffectiveLayer =>
        negative === undefined ? { positive: positive! } : { positive: positive!, negative },
    ),
  };
  return { success: failures === 0, failures, effective };
}

/**
 * Draws which neuron serves each event, and tells `served`: the layer (from 0), the side (0: x, 1: -x), the entry of
 * F_i (row-major), and the number from 1 of the serving neuron among the block's u-good ones, 0 if none serves.
 */
function walk(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
  served: (layer: number, side: number, entry: number, neuron: number) => void,
): void {
  requireShapes(construction, target);
  const random = stream(seed, 'outcome', trial);
  const goodNeurons = binomialSampler(random);
  const { distribution, resamplings } = construction;
  for (const [k, layer] of construction.layers.entries()) {
    const matrix = target.matrices[k]!;
    const half = layer.tolerance / 2;
    for (const [side, sign] of signsOf(layer).entries()) {
      const qu = hitProbability(distribution.mass(sign, half), resamplings);
      // Neighbouring entries mostly have the same window mass.
      let lastMass = Number.NaN;
      let qv = 0;
      for (let j = 0; j < layer.inputs; j++) {
        const good = goodNeurons(layer.neurons, qu);
        for (let output = 0; output < layer.outputs; output++) {
          const entry = output * layer.inputs + j;
          const mass = distribution.mass(sign * matrix[entry]!, half);
          if (mass !== lastMass) {
            lastMass = mass;
            qv = hitProbability(mass, resamplings);
          }
          const neuron = qv > 0 && good > 0 ? geometric(random, qv) : Number.POSITIVE_INFINITY;
          served(k, side, entry, neuron <= good ? neuron : 0);
        }
      }
    }
  }
}
