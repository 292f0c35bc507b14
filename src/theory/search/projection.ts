import type { Target } from '../problem/target.js';
import { type Construction, requireShapes, signsOf } from './construction.js';
import type { EffectiveLayer, EffectiveNetwork } from './effective.js';
import { emptySubnetwork, type RandomNetwork, type Subnetwork } from './network.js';

/** What the projection-map search found in a drawn network. */
export interface ProjectionResult {
  readonly success: boolean;
  /** (layer, coordinate, sign, output) events that no neuron serves; 0 on success. */
  readonly failures: number;
  readonly subnetwork: Subnetwork;
  readonly effective: EffectiveNetwork;
}

/**
 * The paper's construction in a drawn network: the sample indices of a block are 0 ... nR-1, pi(k) = floor(k/R) is the
 * neuron of index k (Eq. 13), and an output is served by the first neuron that has a sample of u within t/2 of the sign
 * and a sample of v within t/2 of sign*w (Eq. 15). Blocks lie side by side: coordinate by coordinate, I before J.
 */
export function searchProjection(
  construction: Construction,
  target: Target,
  network: RandomNetwork,
): ProjectionResult {
  requireShapes(construction, target);
  const R = construction.resamplings;
  const subnetwork = emptySubnetwork(network);
  let failures = 0;
  const layers = construction.layers.map((layer, k): EffectiveLayer => {
    const { inputs, outputs, neurons } = layer;
    const matrix = target.matrices[k]!;
    const half = layer.tolerance / 2;
    const [us, vs] = [network.samples[2 * k]!, network.samples[2 * k + 1]!];
    const columns = network.shape[2 * k + 1]!;
    const signs = signsOf(layer);
    const sides = signs.map(() => new Float64Array(outputs * inputs));
    for (let j = 0; j < inputs; j++)
      for (const [s, sign] of signs.entries()) {
        const first = (j * signs.length + s) * neurons;
        let unserved = Array.from({ length: outputs }, (_, output) => output);
        for (let neuron = first; neuron < first + neurons && unserved.length > 0; neuron++) {
          const uEntry = neuron * inputs + j;
          const u = sampleNear(us, uEntry * R, R, sign, half);
          if (u < 0) continue;
          unserved = unserved.filter((output) => {
            const vEntry = output * columns + neuron;
            const v = sampleNear(vs, vEntry * R, R, sign * matrix[output * inputs + j]!, half);
            if (v < 0) return true;
            keep(subnetwork, 2 * k, uEntry, u);
            keep(subnetwork, 2 * k + 1, vEntry, v);
            sides[s]![output * inputs + j] = us[uEntry * R + u]! * vs[vEntry * R + v]!;
            return false;
          });
        }
        failures += unserved.length;
      }
    const [positive, negative] = sides;
    return negative === undefined ? { positive: positive! } : { positive: positive!, negative };
  });
  return { success: failures === 0, failures, subnetwork, effective: { widths: target.widths, layers } };
}

/** The index among the R samples from `from` of the first within `half` of `center`, or -1. */
function sampleNear(samples: Float64Array, from: number, R: number, center: number, half: number): number {
  for (let r = 0; r < R; r++) if (Math.abs(samples[from + r]! - center) <= half) return r;
  return -1;
}

function keep({ masks, sampleIndices }: Subnetwork, m: number, entry: number, index: number): void {
  masks[m]![entry] = 1;
  sampleIndices[m]![entry] = index;
}
