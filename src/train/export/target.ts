import { InputError } from '../../core/errors.js';
import { encodeSafetensors, type Tensor } from '../../core/safetensors.js';
import type { Transform } from '../data/index.js';
import { type NetworkDescription, weightLayers } from '../networks/description.js';

/**
 * A trained network as a target f(x) = F_l relu(... relu(F_1 x)) of the theory: a safetensors file of the weights F_1, ..., F_l alone,
 * `[d_i, d_{i-1}]`, exactly as trained. x holds the pixels in [0, 1], row by row.
 *
 * @param tensors of inference, by name
 * @throws InputError unless the network is fully connected layers with ReLU between them, has no biases and sees pixels in [0, 1]
 */
export function targetFile(
  network: NetworkDescription,
  { mean, std }: Transform,
  tensors: ReadonlyMap<string, Tensor>,
  about: Readonly<Record<string, string>>,
): Uint8Array {
  const what = `network '${network.name}' as a target`;
  requireChain(network, what);
  const layers = weightLayers(network);
  if (layers.some(({ name }) => tensors.has(`${name}.bias`)))
    throw new InputError(what, 'a target of the theory has no biases', 'train it with --biases none');
  if (mean.some((m) => m !== 0) || std.some((s) => s !== 1))
    throw new InputError(
      what,
      'takes pixels that are shifted and scaled, and inputs of the theory lie in [-1, 1]',
      'train it with --pixels unit',
    );
  const matrices = layers.map(({ name }, i): [string, Tensor] => [
    `F_${i + 1}`,
    tensors.get(`${name}.weight`)!,
  ]);
  return encodeSafetensors(matrices, about);
}

/** flatten, dense, relu, dense, ..., dense, one after the other. */
function requireChain({ layers }: NetworkDescription, what: string): void {
  const types = layers.map(({ type }) => type).join(' ');
  const inOrder = layers.every(({ inputs }, i) => inputs.join() === (layers[i - 1]?.name ?? 'input'));
  if (!inOrder || !/^(?:flatten )?dense(?: relu dense)*$/.test(types))
    throw new InputError(
      what,
      'a target of the theory is fully connected layers with ReLU between them',
      'train one such as lenet-300-100',
    );
}
