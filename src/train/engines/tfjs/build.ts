import type { Layer } from '../../networks/description.js';
import type { Convolution } from './convolution.js';
import type { Tensor, Tf } from './tensor.js';

/** What a layer file works with. */
export interface Pass {
  readonly tf: Tf;
  readonly convolution: Convolution;
  /** The backend's kernel for the gradient of max pooling is not used. */
  readonly ownPoolGradient: boolean;
  /** Batch statistics in norms, and gradients wanted. */
  readonly training: boolean;
  /** The weight that the network computes with: [k, k, in, out] of a convolution, [out, in] of a dense layer. */
  weight(layer: string): Tensor;
  /** A bias, gamma, beta, mean or variance, `<layer>.<role>`, [C]; undefined where the mode has none. */
  tensor(name: string): Tensor | undefined;
}

/** What comes back from a layer: gradients of what it trains, by tensor, and of its inputs, in their order. */
export interface Gradients {
  readonly trained: Readonly<Record<string, Tensor>>;
  readonly inputs: readonly Tensor[];
}

/** A layer is carried out. */
export interface Carried {
  readonly output: Tensor;
  /** Tensors beside inputs and output that the way back needs. */
  readonly saved?: readonly Tensor[];
  /** Running statistics as the batch moves them, by tensor. */
  readonly moved?: Readonly<Record<string, Tensor>>;
  /** @param wanted whether the gradient of the (only) input is needed: that of the network's input is not */
  backward(dy: Tensor, wanted: boolean): Gradients;
}

/** Carries out one layer type. */
export type LayerForm<L extends Layer> = (pass: Pass, layer: L, inputs: readonly Tensor[]) => Carried;

/** Sum over all axes but the last, [C]; in two stages, so that a long sum rounds less. */
export function channelSum(tf: Tf, x: Tensor): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  return tf.sum(tf.sum(tf.reshape(x, [n, height * width, channels]), [1]), [0]);
}
