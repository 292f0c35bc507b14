import { stream } from '../../core/rng.js';
import {
  type NetworkDescription,
  sizeOf,
  type WeightLayer,
  weightLayers,
  weightShape,
} from '../networks/description.js';
import { stateTensors, type TrainingMode } from '../networks/tensors.js';
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
 * gamma and variance 1; biases, beta, mean and momentum 0.
 */
export function initialState(
  network: NetworkDescription,
  mode: TrainingMode,
  { weights, scores = 'ku', seed }: InitialSpec,
): Map<string, Float32Array> {
  const layers = new Map(weightLayers(network).map((l) => [l.name, l]));
  return new Map(
    stateTensors(network, mode).map(({ name, layer, role, shape }) => {
      const size = sizeOf(shape);
      if (role === 'weight' || role === 'score')
        return [name, firstDraw(role, layers.get(layer)!, role === 'weight' ? weights : scores, seed)];
      return [name, new Float32Array(size).fill(role === 'gamma' || role === 'variance' ? 1 : 0)];
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
