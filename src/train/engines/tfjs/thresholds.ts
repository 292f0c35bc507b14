import { thresholdRank } from '../../prune/mask.js';
import { kthSmallest } from '../../prune/select.js';
import type { Scope } from '../../prune/thresholds.js';
import type { Tensor, Tf } from './tensor.js';

/** The k-th smallest value of a tensor as a tensor of one value. */
export type Select = (values: Tensor, k: number) => Promise<Tensor> | Tensor;

/** On the host: where it is the device. */
export const selectOnHost =
  (tf: Tf): Select =>
  async (values, k) =>
    tf.scalar(kthSmallest(Float32Array.from(await values.data()), k), 'float32');

/** By the backend's own sort of the largest values. */
export const selectBySort =
  (tf: Tf): Select =>
  (values, k) =>
    tf.tidy(() => {
      const kept = values.size - k + 1;
      const { values: largest } = tf.topk(tf.reshape(values, [values.size]), kept);
      return tf.reshape(tf.slice(largest, [kept - 1], [1]), []);
    });

/**
 * The key from which on weights are kept, layer by layer, as `thresholdsOf` has it: with the scope `global` one of all keys together, but
 * for a layer that it would empty its largest key.
 *
 * @param keys of the layers, which it gives up
 * @returns tensors of one value
 */
export async function selectThresholds(
  tf: Tf,
  select: Select,
  scope: Scope,
  sparsity: number,
  keys: readonly Tensor[],
): Promise<Tensor[]> {
  const rank = (x: Tensor) => thresholdRank(x.size, sparsity);
  const found: Tensor[] = [];
  if (scope === 'layer') for (const key of keys) found.push(await select(key, rank(key)));
  else {
    const all = tf.tidy(() =>
      tf.concat(
        keys.map((key) => tf.reshape(key, [key.size])),
        0,
      ),
    );
    const threshold = await select(all, rank(all));
    for (const key of keys) found.push(tf.tidy(() => tf.minimum(threshold, tf.max(key))));
    tf.dispose([all, threshold]);
  }
  tf.dispose(keys);
  return found;
}
