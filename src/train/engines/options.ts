import { InputError, requireInteger, requireNumber, requireOneOf } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import type { BatchNormLayer, NetworkDescription } from '../networks/description.js';
import { TRAINING_MODES } from '../networks/tensors.js';
import { requireSparsity } from '../prune/mask.js';
import { edgePopupRule } from '../prune/rules/edge-popup.js';
import { requireRule } from '../prune/rules/require.js';
import type { Rule } from '../prune/rules/rule.js';
import { SCOPE_NAMES } from '../prune/thresholds.js';
import type { EngineOptions } from './engine.js';
import { requireRuleShapes } from './rule-shapes.js';

/**
 * Options that any engine takes, its rule filled in: edge-popup in score mode, none in sgd mode.
 *
 * @throws InputError for one out of range, or rule, sparsity and scope that do not fit together
 */
export function requireOptions<O extends EngineOptions>(options: O): O {
  requireOneOf('mode', options.mode, TRAINING_MODES);
  const rule = requirePruning(options);
  requireNumber('momentum', options.momentum, 0, 1 - 2 ** -24);
  requireNumber('weightDecay', options.weightDecay, 0, Number.MAX_VALUE);
  if (options.threads !== undefined) requireInteger('threads', options.threads, 1, 1024);
  return rule ? { ...options, rule } : options;
}

function requirePruning(options: EngineOptions): Rule | undefined {
  const { mode, sparsity, scope, rule = edgePopupRule } = options;
  if (mode === 'sgd') {
    const given = { sparsity: sparsity || undefined, scope, rule: options.rule?.name };
    for (const [key, value] of Object.entries(given))
      if (value !== undefined)
        throw new InputError(`${key} ${value}`, 'nothing is pruned in sgd mode', 'leave it out');
    return undefined;
  }
  requireRule(rule);
  requireRuleShapes(rule);
  if (scope !== undefined) requireOneOf('scope', scope, SCOPE_NAMES);
  if (rule.selection.kind === 'top') requireSparsity(sparsity ?? Number.NaN);
  else
    for (const [key, value] of Object.entries({ sparsity, scope }))
      if (value !== undefined) throw unfixed(key, value, rule);
  return rule;
}

/** A pruned fraction that an engine's rule takes. @throws InputError in sgd mode, outside [0, 1), or for a rule that has none */
export function requireNewSparsity({ rule }: EngineOptions, sparsity: number): number {
  if (rule === undefined)
    throw new InputError(
      `sparsity ${sparsity}`,
      'there is none in sgd mode',
      'build the engine in score mode',
    );
  if (rule.selection.kind !== 'top') throw unfixed('sparsity', sparsity, rule);
  return requireSparsity(sparsity);
}

const unfixed = (key: string, value: unknown, { name }: Rule) =>
  new InputError(
    `${key} ${value}`,
    `means nothing for the rule '${name}', which draws its masks: nothing fixes how much they keep`,
    'leave it out',
  );

/** A step without the noise that its rule draws masks by. */
export const missingNoise = ({ name }: Rule): InputError =>
  new InputError(
    'a step without noise',
    `the rule '${name}' draws its masks`,
    'pass the noise of the step, as noiseOfStep makes it',
  );

/** The number of images of a batch. @throws InputError for wrong lengths, or labels that are no class */
export function requireBatch(
  { inputShape, classes }: NetworkDescription,
  images: Float32Array,
  labels: ArrayLike<number>,
): number {
  const batch = labels.length;
  if (batch < 1 || images.length !== batch * sizeOf(inputShape))
    throw new InputError(
      `a batch of ${images.length} image values and ${batch} labels`,
      `${batch} images of shape [${inputShape}] hold ${batch * sizeOf(inputShape)} values, and a batch at least one image`,
      'pass [n, channels, height, width] in one Float32Array, and n labels',
    );
  for (let i = 0; i < batch; i++) requireInteger(`label ${i}:`, labels[i]!, 0, classes - 1);
  return batch;
}

/** @throws InputError where a batch holds less than two values a channel */
export function requireNormalizable({ name, outputShape }: BatchNormLayer, batch: number): void {
  const [, height, width] = outputShape as [number, number, number];
  if (batch * height * width < 2)
    throw new InputError(
      `${name}: batch ${batch} of ${height}x${width} planes`,
      'batch normalization needs at least 2 values per channel',
      'use a larger batch',
    );
}
