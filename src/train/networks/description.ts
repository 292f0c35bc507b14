import { sizeOf } from '../../core/shape.js';

export { sizeOf };

/** Shape of one example between layers: [channels, height, width], or [features]. */
export type ExampleShape = readonly number[];

interface LayerBase {
  /**
   * Unique in the network: letters, digits, `_`, `.` and `-`. Tensors are named after it: `conv1.weight`, `stem.norm.mean`; so it does
   * not end in a dot and a tensor's role.
   */
  readonly name: string;
  /** Names of the layers whose outputs it takes; {@link INPUT} for the network's input. */
  readonly inputs: readonly string[];
  /** Shape of its (first) input. */
  readonly inputShape: ExampleShape;
  readonly outputShape: ExampleShape;
}

/** Square convolution (cross-correlation), zero padding. Weight [out, in, kernel, kernel]. */
export interface ConvLayer extends LayerBase {
  readonly type: 'conv';
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly bias: boolean;
  /** Input channels x kernel area. */
  readonly fanIn: number;
}

/** Fully connected. Weight [out, in]. */
export interface DenseLayer extends LayerBase {
  readonly type: 'dense';
  readonly bias: boolean;
  readonly fanIn: number;
}

/** Batch normalization over batch and plane. Affine (gamma, beta) only where the training mode asks for it. */
export interface BatchNormLayer extends LayerBase {
  readonly type: 'batchNorm';
  readonly epsilon: number;
  /** Weight of the new batch's statistics in the running ones (PyTorch's sense). */
  readonly momentum: number;
}

export interface ReluLayer extends LayerBase {
  readonly type: 'relu';
}

/** Square max pooling, floor mode; the first of equal values (row by row) takes the gradient. */
export interface MaxPoolLayer extends LayerBase {
  readonly type: 'maxPool';
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Mean over the whole plane: [channels, height, width] -> [channels]. */
export interface AvgPoolLayer extends LayerBase {
  readonly type: 'avgPool';
}

/** Sum of two activations of the same shape. */
export interface AddLayer extends LayerBase {
  readonly type: 'add';
}

/** [channels, height, width] -> [channels * height * width], row-major. */
export interface FlattenLayer extends LayerBase {
  readonly type: 'flatten';
}

export type Layer =
  | ConvLayer
  | DenseLayer
  | BatchNormLayer
  | ReluLayer
  | MaxPoolLayer
  | AvgPoolLayer
  | AddLayer
  | FlattenLayer;

/** The layers that carry a prunable weight. */
export type WeightLayer = ConvLayer | DenseLayer;

/** The name a layer gives for the network's input. */
export const INPUT = 'input';

/**
 * A network as data: layers in an order in which every layer comes after its inputs; the last one gives the logits, [classes].
 * `NetworkBuilder` makes one, `requireNetwork` checks one. It is plain JSON.
 */
export interface NetworkDescription {
  readonly name: string;
  /** [channels, height, width] of an image. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  readonly layers: readonly Layer[];
}

/** The layers that carry a prunable weight, in the network's order. */
export function weightLayers(network: NetworkDescription): readonly WeightLayer[] {
  return network.layers.filter((l): l is WeightLayer => l.type === 'conv' || l.type === 'dense');
}

/** Shape of a layer's weight: [out, in, kernel, kernel] or [out, in]. */
export function weightShape(layer: WeightLayer): readonly number[] {
  const [inputs, outputs] = [layer.inputShape[0]!, layer.outputShape[0]!];
  return layer.type === 'conv' ? [outputs, inputs, layer.kernel, layer.kernel] : [outputs, inputs];
}
