import { InputError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';

export { sizeOf };

/** Shape of one example between layers: [channels, height, width], or [features]. */
export type ExampleShape = readonly number[];

interface LayerBase {
  /** Unique in the network; trainable tensors are named after it: `conv1.weight`, `stem.norm.mean`. */
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

/** A network as data: layers in an order in which every layer comes after its inputs; the last one gives the logits. */
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

/** Builds a description layer by layer; each method takes its input from `from` (default: the layer before). */
export class NetworkBuilder {
  readonly #layers: Layer[] = [];
  readonly #shapes = new Map<string, ExampleShape>();
  #last = INPUT;

  /**
   * @param name the network's name
   * @param inputShape [channels, height, width]
   */
  constructor(
    readonly name: string,
    readonly inputShape: readonly [number, number, number],
  ) {
    this.#shapes.set(INPUT, inputShape);
  }

  /** The name of the layer added last. */
  get last(): string {
    return this.#last;
  }

  /** Shape of one example out of a layer. */
  shape(layer: string = this.#last): ExampleShape {
    return this.#shapes.get(layer)!;
  }

  conv(
    name: string,
    channels: number,
    {
      kernel,
      stride = 1,
      padding = 0,
      bias = false,
      from = this.#last,
    }: { kernel: number; stride?: number; padding?: number; bias?: boolean; from?: string },
  ): string {
    const inputShape = this.shape(from);
    this.#requireChannels(name, channels);
    const outputShape = [channels, ...this.#window(name, inputShape, kernel, stride, padding)];
    const fanIn = inputShape[0]! * kernel * kernel;
    return this.#add({
      type: 'conv',
      name,
      inputs: [from],
      inputShape,
      outputShape,
      kernel,
      stride,
      padding,
      bias,
      fanIn,
    });
  }

  dense(name: string, features: number, { bias = true }: { bias?: boolean } = {}): string {
    const inputShape = this.shape();
    if (inputShape.length !== 1)
      throw new RangeError(`${name} takes features, not [${inputShape}]: flatten first`);
    this.#requireChannels(name, features);
    return this.#add({
      type: 'dense',
      name,
      inputs: [this.#last],
      inputShape,
      outputShape: [features],
      bias,
      fanIn: sizeOf(inputShape),
    });
  }

  batchNorm(name: string, { epsilon = 1e-5, momentum = 0.1 } = {}): string {
    return this.#add({ type: 'batchNorm', name, ...this.#same(), epsilon, momentum });
  }

  relu(name: string): string {
    return this.#add({ type: 'relu', name, ...this.#same() });
  }

  maxPool(name: string, { kernel = 2, stride = 2, padding = 0 } = {}): string {
    const inputShape = this.shape();
    const outputShape = [inputShape[0]!, ...this.#window(name, inputShape, kernel, stride, padding)];
    return this.#add({
      type: 'maxPool',
      name,
      inputs: [this.#last],
      inputShape,
      outputShape,
      kernel,
      stride,
      padding,
    });
  }

  avgPool(name: string): string {
    const inputShape = this.shape();
    return this.#add({
      type: 'avgPool',
      name,
      inputs: [this.#last],
      inputShape,
      outputShape: [inputShape[0]!],
    });
  }

  add(name: string, a: string, b: string): string {
    const shape = this.shape(a);
    if (shape.join() !== this.shape(b).join())
      throw new RangeError(`${name}: ${a} [${shape}] and ${b} [${this.shape(b)}] differ in shape`);
    return this.#add({ type: 'add', name, inputs: [a, b], inputShape: shape, outputShape: shape });
  }

  flatten(name: string): string {
    const inputShape = this.shape();
    return this.#add({
      type: 'flatten',
      name,
      inputs: [this.#last],
      inputShape,
      outputShape: [sizeOf(inputShape)],
    });
  }

  build(): NetworkDescription {
    return {
      name: this.name,
      inputShape: this.inputShape,
      classes: this.shape()[0]!,
      layers: [...this.#layers],
    };
  }

  #same() {
    const shape = this.shape();
    return { inputs: [this.#last], inputShape: shape, outputShape: shape };
  }

  #add(layer: Layer): string {
    if (this.#shapes.has(layer.name)) throw new RangeError(`two layers are named ${layer.name}`);
    this.#layers.push(layer);
    this.#shapes.set(layer.name, layer.outputShape);
    this.#last = layer.name;
    return layer.name;
  }

  #requireChannels(name: string, channels: number): void {
    if (!(Number.isInteger(channels) && channels >= 1))
      throw new InputError(
        `${this.name}: layer ${name} with ${channels} channels`,
        'the width factor leaves a layer without channels',
        'use a larger width',
      );
  }

  #window(name: string, shape: ExampleShape, kernel: number, stride: number, padding: number): number[] {
    const plane = shape.slice(1).map((n) => Math.floor((n + 2 * padding - kernel) / stride) + 1);
    if (plane.length !== 2 || plane.some((n) => n < 1))
      throw new InputError(
        `${this.name}: layer ${name} on an input of shape [${shape}]`,
        `its ${kernel}x${kernel} window does not fit`,
        'use a larger image',
      );
    return plane;
  }
}
