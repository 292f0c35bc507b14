import { stream } from '../../core/rng.js';
import {
  type NetworkDescription,
  sizeOf,
  type WeightLayer,
  weightLayers,
  weightShape,
} from '../networks/description.js';
import { blankTensor, stateTensors, type TrainingMode } from '../networks/tensors.js';
import { type Distribution, draw } from './distributions.js';

/** Distributions and seed of a network's first state. */
export interface InitialSpec {
  readonly weights: Distribution;
  /** Default `ku`. */
  readonly scores?: Distribution;
  readonly seed: number;
}

/**
 * A network's first state by tensor name: weights and scores drawn layer by layer from the streams (seed, 'weights' | 'scores', layer);
 * the rest as `blankTensor` has it.
 */
export function initialState(
  network: NetworkDescription,
  mode: TrainingMode,
  { weights, scores = 'ku', seed }: InitialSpec,
): Map<string, Float32Array> {
  const layers = new Map(weightLayers(network).map((l) => [l.name, l]));
  return new Map(
    stateTensors(network, mode).map((tensor) => {
      const { name, layer, role } = tensor;
      if (role === 'weight' || role === 'score')
        return [name, firstDraw(role, layers.get(layer)!, role === 'weight' ? weights : scores, seed)];
      return [name, blankTensor(tensor)];
    }),
  );
}

/** A layer's first weights or scores, row-major. */
export function firstDraw(
  role: 'weight' | 'score',
  layer: WeightLayer,
  distribution: Distribution,
  seed: number,
): Float32Array {
  const size = sizeOf(weightShape(layer));
  return draw(distribution, layer.fanIn, size, stream(seed, `${role}s`, layer.name));
}
