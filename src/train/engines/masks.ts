import { InputError } from '../../core/errors.js';
import { weightLayers } from '../networks/description.js';
import { effectiveWeight, settledMask, thresholdsOf } from '../prune/thresholds.js';
import type { Engine } from './engine.js';

/**
 * Which weights the current scores keep: 1 for kept, 0 for pruned, by layer, in the standard layout.
 *
 * @throws InputError in sgd mode
 */
export async function layerMasks(engine: Engine): Promise<Map<string, Uint8Array>> {
  const settled = await settledMasks(engine);
  return new Map([...settled].map(([layer, mask]) => [layer, Uint8Array.from(mask, (m) => (m > 0 ? 1 : 0))]));
}

/** The weights that evaluations compute with, pruned ones 0, by layer, in the standard layout. */
export async function effectiveWeights(engine: Engine): Promise<Map<string, Float32Array>> {
  const { mode, rule } = engine.options;
  const masks = mode === 'sgd' ? undefined : await settledMasks(engine);
  const weights = new Map<string, Float32Array>();
  for (const { name } of weightLayers(engine.network)) {
    const weight = await engine.read(`${name}.weight`);
    weights.set(name, masks ? effectiveWeight(rule!, weight, masks.get(name)!) : weight);
  }
  return weights;
}

/** Masks of evaluations, in [0, 1]. */
async function settledMasks(engine: Engine): Promise<Map<string, Float32Array>> {
  const { mode, rule, scope = 'layer' } = engine.options;
  if (mode === 'sgd' || rule === undefined)
    throw new InputError('masks', 'there are none in sgd mode', 'build the engine in score mode');
  const scores = new Map<string, Float32Array>();
  for (const { name } of weightLayers(engine.network)) scores.set(name, await engine.read(`${name}.score`));
  const { selection } = rule;
  const thresholds =
    selection.kind === 'top'
      ? thresholdsOf(selection, scope, engine.sparsity!, [...scores.values()])
      : undefined;
  return new Map([...scores].map(([layer, score], i) => [layer, settledMask(rule, score, thresholds?.[i])]));
}
