import { InputError } from '../../core/errors.js';
import { memoryText } from '../../core/memory.js';
import { stream } from '../../core/rng.js';
import { multiply, relu } from '../problem/target.js';
import { type Construction, hiddenWidth } from './construction.js';

/**
 * A random network g of depth 2l under the re-sampling assumption, every sample drawn (paper, Eq. 5 and Section 4.2):
 * G_{2i-1} is `[D_i, d_{i-1}]`, G_{2i} is `[d_i, D_i]`, each entry with R independent samples.
 */
export interface RandomNetwork {
  /** d_0, D_1, d_1, ..., D_l, d_l: matrix m is `[shape[m+1], shape[m]]`. */
  readonly shape: readonly number[];
  readonly resamplings: number;
  /** Per matrix, row-major `[rows, columns, R]`. */
  readonly samples: readonly Float64Array[];
}

/** A subnetwork g_M (Eq. 6): a binary mask per matrix and, for each kept entry, which of its R samples is used. */
export interface Subnetwork {
  /** Per matrix, row-major `[rows, columns]`, 0 or 1. */
  readonly masks: readonly Uint8Array[];
  /** Per matrix, row-major `[rows, columns]`, in 0 ... R-1. */
  readonly sampleIndices: readonly Uint32Array[];
}

/** The most samples a network may be materialised with: 512 MB of doubles. */
export const MOST_SAMPLES = 2 ** 26;

/** d_0, D_1, d_1, ..., D_l, d_l of a construction. */
export function networkShape({ layers }: Construction): number[] {
  return [layers[0]!.inputs, ...layers.flatMap((layer) => [hiddenWidth(layer), layer.outputs])];
}

/** How many samples a construction's whole random network has. */
export function sampleCount(construction: Construction): number {
  const shape = networkShape(construction);
  return shape.slice(1).reduce((sum, rows, m) => sum + rows * shape[m]! * construction.resamplings, 0);
}

/** @throws InputError if a random network of this many samples is too large to draw */
export function requireDrawable(samples: number): void {
  if (samples > MOST_SAMPLES)
    throw new InputError(
      `a random network of ${samples.toPrecision(3)} samples (${memoryText(8 * samples)})`,
      `is more than the ${MOST_SAMPLES} (${memoryText(8 * MOST_SAMPLES)}) that are drawn one by one`,
      'lower widths or resamplings, or simulate in law (--simulator outcome), which is exact at any width',
    );
}

/**
 * Draws every sample of the random network of one trial.
 *
 * @throws InputError if it has more than {@link MOST_SAMPLES} samples
 */
export function drawNetwork(construction: Construction, seed: number, trial: number): RandomNetwork {
  requireDrawable(sampleCount(construction));
  const shape = networkShape(construction);
  const { distribution, resamplings } = construction;
  const samples = shape.slice(1).map((rows, m) => {
    const values = new Float64Array(rows * shape[m]! * resamplings);
    stream(seed, 'network', trial, m).fill(values);
    for (let i = 0; i < values.length; i++) values[i] = distribution.quantile(values[i]!);
    return values;
  });
  return { shape, resamplings, samples };
}

/** The mask that keeps nothing. */
export function emptySubnetwork({ shape }: RandomNetwork): Subnetwork {
  const sizes = shape.slice(1).map((rows, m) => rows * shape[m]!);
  return {
    masks: sizes.map((size) => new Uint8Array(size)),
    sampleIndices: sizes.map((size) => new Uint32Array(size)),
  };
}

/** g on a batch, every entry at its first sample (Eq. 5). @param inputs row-major `[batch, d_0]` */
export function forwardNetwork(network: RandomNetwork, inputs: Float64Array): Float64Array {
  return forward(network, inputs, (m, entry) => network.samples[m]![entry * network.resamplings]!);
}

/** g_M on a batch, in the wide network itself (Eq. 6). @param inputs row-major `[batch, d_0]` */
export function forwardSubnetwork(
  network: RandomNetwork,
  kept: Subnetwork,
  inputs: Float64Array,
): Float64Array {
  return forward(network, inputs, (m, entry) =>
    kept.masks[m]![entry] === 1
      ? network.samples[m]![entry * network.resamplings + kept.sampleIndices[m]![entry]!]!
      : 0,
  );
}

function forward(
  network: RandomNetwork,
  inputs: Float64Array,
  weight: (m: number, entry: number) => number,
): Float64Array {
  const { shape } = network;
  const batch = inputs.length / shape[0]!;
  let x = inputs;
  for (let m = 0; m + 1 < shape.length; m++) {
    const matrix = new Float64Array(shape[m]! * shape[m + 1]!);
    for (let entry = 0; entry < matrix.length; entry++) matrix[entry] = weight(m, entry);
    x = multiply(x, matrix, shape[m]!, shape[m + 1]!, batch);
    if (m + 2 < shape.length) relu(x);
  }
  return x;
}
