import type { StateTensor } from '../../networks/tensors.js';
import type { Ops } from '../../prune/rules/ops.js';
import type { EngineOptions } from '../engine.js';
import type { Trained } from './network.js';
import type { Tensor, Tf } from './tensor.js';

/** What an update follows from. */
export interface UpdateParts {
  readonly tf: Tf;
  readonly ops: Ops<Tensor>;
  readonly tensors: readonly StateTensor[];
  readonly options: EngineOptions;
  readonly learningRate: number;
  /** A tensor of the state, as the step found it. */
  readonly current: (name: string) => Tensor;
  /** By layer, in score mode. */
  readonly masks: ReadonlyMap<string, Tensor>;
  readonly trained: Trained;
}

/**
 * The tensors that a step changes: SGD as PyTorch's, v' = m v + (gradient + decay p), p' = p - learningRate v', and running statistics.
 *
 * @returns them by name, and the next scores layer by layer
 */
export function nextState(parts: UpdateParts): {
  readonly state: ReadonlyMap<string, Tensor>;
  readonly scores: readonly Tensor[];
} {
  const { tf, tensors, options, learningRate, current, trained } = parts;
  const state = new Map(trained.moved);
  const scores: Tensor[] = [];
  for (const tensor of tensors) {
    const gradient = tensor.trained ? gradientOf(parts, tensor) : undefined;
    if (gradient === undefined) continue;
    const { name, role } = tensor;
    const [parameter, velocity] = [current(name), current(`${name}.momentum`)];
    const moved = tf.tidy(() => {
      const decayed = tf.add(gradient, tf.mul(parameter, options.weightDecay));
      const next = tf.add(tf.mul(velocity, options.momentum), decayed);
      return { parameter: tf.sub(parameter, tf.mul(next, learningRate)), velocity: next };
    });
    state.set(name, moved.parameter);
    state.set(`${name}.momentum`, moved.velocity);
    if (role === 'score') scores.push(moved.parameter);
  }
  return { state, scores };
}

/** Undefined for scores that the rule does not train. */
function gradientOf(
  { ops, options: { rule }, current, masks, trained: { gradients } }: UpdateParts,
  { name, layer }: StateTensor,
): Tensor | undefined {
  if (!rule) return gradients.get(name)!;
  const weight = `${layer}.weight`;
  return rule.scoreGradient?.(ops, {
    dw: gradients.get(weight)!,
    weight: current(weight),
    score: current(name),
    mask: masks.get(layer)!,
  });
}
