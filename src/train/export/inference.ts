import type { Engine } from '../engines/engine.js';
import { weightLayers } from '../networks/description.js';

/** A tensor of a trained network, ready for inference. */
export interface InferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A trained network's tensors by name: weights (pruned ones 0), biases, and per norm mean and variance, with gamma and beta where
 * they were trained. No scores, no momentum.
 */
export function inferenceTensors(engine: Engine): Map<string, InferenceTensor> {
  const tensors = new Map<string, InferenceTensor>();
  for (const { name, role, shape } of engine.tensors)
    if (role !== 'score' && role !== 'momentum') tensors.set(name, { shape, data: engine.read(name) });
  if (engine.options.mode === 'score')
    for (const { name } of weightLayers(engine.network)) {
      const mask = engine.mask(name);
      const weight = tensors.get(`${name}.weight`)!.data;
      for (let i = 0; i < weight.length; i++) if (mask[i] === 0) weight[i] = 0;
    }
  return tensors;
}
