import type { Engine } from '../engines/engine.js';
import { effectiveWeights } from '../engines/masks.js';

/** A tensor of a trained network, ready for inference. */
export interface InferenceTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A trained network's tensors by name: effective weights (pruned ones 0), biases, and per norm mean and variance, with gamma and beta where
 * they were trained. No scores, no momentum.
 */
export async function inferenceTensors(engine: Engine): Promise<Map<string, InferenceTensor>> {
  const tensors = new Map<string, InferenceTensor>();
  const weights = await effectiveWeights(engine);
  for (const { name, layer, role, shape } of engine.tensors)
    if (role !== 'score' && role !== 'momentum')
      tensors.set(name, { shape, data: role === 'weight' ? weights.get(layer)! : await engine.read(name) });
  return tensors;
}
