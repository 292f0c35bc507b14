import { type Stream, stream } from '../../core/rng.js';
import {
  type NetworkDescription,
  sizeOf,
  type WeightLayer,
  weightLayers,
  weightShape,
} from '../networks/description.js';
import { blankTensor, stateTensors, type TrainingMode } from '../networks/tensors.js';
import { type Distribution, draw } from './distributions.js';
import { requireScores } from './rules/require.js';
import type { Rule } from './rules/rule.js';

/** Distributions and seed of a network's first state. */
export interface InitialSpec {
  readonly weights: Distribution;
  /** Default `ku`. */
  readonly scores?: Distribution | undefined;
  /** Its first scores, where it has its own, are taken in place of draws. */
  readonly rule?: Rule | undefined;
  readonly seed: number;
}

/**
 * A network's first state by tensor name: weights and scores drawn layer by layer from the streams (seed, 'weights' | 'scores', layer);
 * the rest as `blankTensor` has it.
 */
export function initialState(
  network: NetworkDescription,
  mode: TrainingMode,
  { weights, scores, rule, seed }: InitialSpec,
): Map<string, Float32Array> {
  const layers = new Map(weightLayers(network).map((l) => [l.name, l]));
  return new Map(
    stateTensors(network, mode).map((tensor) => {
      const { name, layer, role } = tensor;
      if (role === 'weight') return [name, firstDraw(role, layers.get(layer)!, weights, seed)];
      if (role === 'score') return [name, firstScores(layers.get(layer)!, { weights, scores, rule, seed })];
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

/** A layer's first scores, row-major: the rule's own, or draws. */
export function firstScores(
  layer: WeightLayer,
  { weights, scores = 'ku', rule, seed }: InitialSpec,
): Float32Array {
  if (!rule?.initialScores) return firstDraw('score', layer, scores, seed);
  return ownScores(
    rule,
    layer,
    firstDraw('weight', layer, weights, seed),
    stream(seed, 'scores', layer.name),
  );
}

/** What a rule gives as first scores of a layer with these weights. */
export function ownScores(rule: Rule, layer: WeightLayer, weights: Float32Array, from: Stream): Float32Array {
  const made = rule.initialScores!({ weights: weights.slice(), stream: from });
  return requireScores(rule, made, weights.length, layer.name);
}
