import { type Stream, stream } from '../../core/rng.js';
import { sizeOf, type WeightLayer, weightShape } from '../networks/description.js';
import { type Distribution, draw } from './distributions.js';
import { firstDraw } from './initial.js';
import { chosenPlaces } from './randomize.js';

/** The initial draw, as the number of a randomization; those of the run count from 1. */
export const INITIAL = 0;

/**
 * The values that a randomization offers for a layer's weights, one a weight whether it is taken or not, so that a weight can be
 * drawn again from its address (seed, layer, number, place) alone. Number {@link INITIAL} gives the initial weights.
 *
 * @returns row-major, of the weight's size
 */
export function offeredWeights(
  seed: number,
  layer: WeightLayer,
  number: number,
  distribution: Distribution,
): Float32Array {
  if (number === INITIAL) return firstDraw('weight', layer, distribution, seed);
  const size = sizeOf(weightShape(layer));
  return draw(distribution, layer.fanIn, size, stream(seed, 'randomize', layer.name, number));
}

/** The places of a layer that a randomization replaces where they are pruned (1, else 0): no mask is needed to know them. */
export function chosenWeights(seed: number, layer: WeightLayer, number: number, rate: number): Uint8Array {
  return chosenPlaces(choiceStream(seed, layer, number), sizeOf(weightShape(layer)), rate);
}

/** The stream that decides which pruned weights of a layer a randomization replaces. */
export function choiceStream(seed: number, layer: WeightLayer, number: number): Stream {
  return stream(seed, 'choose', layer.name, number);
}
