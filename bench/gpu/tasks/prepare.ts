import { stream } from '../../../src/core/rng.js';
import type { Engine } from '../../../src/train/engines/engine.js';
import { requireProvider } from '../../../src/train/engines/onnx/available.js';
import { createOnnxEngine } from '../../../src/train/engines/onnx/engine.js';
import { openEngine } from '../../../src/train/engines/open.js';
import { sizeOf } from '../../../src/train/networks/description.js';
import { networkOf, settings } from '../../lib/train-step-settings.js';
import type { Where } from '../paths.js';
import type { Sized } from '../settings.js';

/** Edge-popup's engine for a network of the paper, its state drawn from a seed. */
export async function prepareEngine({
  network,
  width,
  on,
  profile,
}: Sized & { readonly on: Where; readonly profile?: string }): Promise<Engine> {
  const { sparsity, weightDecay } = settings(network);
  const options = { mode: 'score', sparsity, momentum: 0.9, weightDecay } as const;
  const described = networkOf(network, width);
  const engine =
    profile === undefined
      ? await openEngine({ ...options, ...on }, described)
      : await createOnnxEngine(described, {
          ...options,
          provider: requireProvider(on.provider!),
          profile,
          ...(on.together === undefined ? {} : { together: on.together }),
        });
  const { uniform } = stream(1, 'gpu:check', 'state');
  for (const { name, role, shape } of engine.tensors)
    if (role === 'weight' || role === 'score') {
      const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
      await engine.write(
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => bound * (2 * uniform() - 1)),
      );
    }
  return engine;
}

/** A batch of uniform images with the mean 0 and variance 1 of normalised ones, and its labels. */
export function makeBatch({ network }: Engine, batch: number): { images: Float32Array; labels: Int32Array } {
  const { uniform } = stream(1, 'gpu:check', 'batch');
  return {
    images: Float32Array.from(
      { length: batch * sizeOf(network.inputShape) },
      () => Math.sqrt(3) * (2 * uniform() - 1),
    ),
    labels: Int32Array.from({ length: batch }, () => Math.floor(network.classes * uniform())),
  };
}
