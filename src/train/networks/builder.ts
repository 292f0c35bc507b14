import { InputError, requireInteger, requireNumber } from '../../core/errors.js';
import { type ExampleShape, INPUT, type Layer, type NetworkDescription, sizeOf } from './description.js';

/** Which layer a layer takes its input from; by default the one added before it, at first the network's input. */
export interface From {
  readonly from?: string;
}

/** A square window: side, step and zero border in pixels. */
export interface Window {
  /** At least 1. */
  readonly kernel: number;
  /** At least 1; default 1, for pooling 2. */
  readonly stride?: number;
  /** At least 0, the default. */
  readonly padding?: number;
}

/**
 * Builds a description layer by layer. Every method returns the new layer's name and throws an InputError that names the layer, if
 * its name is taken, a size is out of range, or its input is unknown or has another shape than the layer takes.
 */
export class NetworkBuilder {
  readonly #layers: Layer[] = [];
  readonly #shapes = new Map<string, ExampleShape>();
  #last = INPUT;

  /**
   * @param name the network's name
   * @param inputShape [channels, height, width], each at least 1
   */
  constructor(
    readonly name: string,
    readonly inputShape: readonly [number, number, number],
  ) {
    inputShape.forEach((size, i) => {
      requireInteger(`${name}: inputShape[${i}]`, size, 1, 65_536);
    });
    this.#shapes.set(INPUT, inputShape);
  }

  /** The name of the layer added last. */
  get last(): string {
    return this.#last;
  }

  /** Shape of one example out of a layer: [channels, height, width] or [features]. */
  shape(layer: string = this.#last): ExampleShape {
    const shape = this.#shapes.get(layer);
    if (shape === undefined)
      throw new InputError(`${this.name}: input '${layer}'`, 'is no layer so far', 'add it first');
    return shape;
  }

  /** A layer by its name. */
  layer(name: string): Layer {
    const found = this.#layers.find((l) => l.name === name);
    if (found === undefined)
      throw new InputError(`${this.name}: '${name}'`, 'is no layer so far', 'add it first');
    return found;
  }

  /** Square convolution, [C, H, W] -> [channels, H', W'], H' = floor((H + 2 padding - kernel) / stride) + 1. */
  conv(
    name: string,
    channels: number,
    { kernel, stride = 1, padding = 0, bias = false, from }: Window & From & { readonly bias?: boolean },
  ): string {
    const input = this.#planes(name, from);
    this.#requireChannels(name, channels);
    const window = { kernel, stride, padding };
    const outputShape = [channels, ...this.#window(name, input.inputShape, window)];
    const fanIn = input.inputShape[0]! * kernel * kernel;
    return this.#add({ type: 'conv', name, ...input, outputShape, ...window, bias, fanIn });
  }

  /** Fully connected, [n] -> [features]. */
  dense(
    name: string,
    features: number,
    { bias = true, from }: From & { readonly bias?: boolean } = {},
  ): string {
    const input = this.#input(from);
    if (input.inputShape.length !== 1)
      throw this.#misfit(name, input.inputShape, 'it takes features', 'put a flatten or avgPool before it');
    this.#requireChannels(name, features);
    const fanIn = sizeOf(input.inputShape);
    return this.#add({ type: 'dense', name, ...input, outputShape: [features], bias, fanIn });
  }

  /**
   * Batch normalization of [C, H, W].
   *
   * @param epsilon added to the variance, greater than 0
   * @param momentum weight of the new batch's statistics in the running ones, in [0, 1]
   */
  batchNorm(
    name: string,
    {
      epsilon = 1e-5,
      momentum = 0.1,
      from,
    }: From & { readonly epsilon?: number; readonly momentum?: number } = {},
  ): string {
    requireNumber(`${this.name}: epsilon of ${name}`, epsilon, Number.MIN_VALUE, 1);
    requireNumber(`${this.name}: momentum of ${name}`, momentum, 0, 1);
    return this.#add({ type: 'batchNorm', name, ...this.#same(this.#planes(name, from)), epsilon, momentum });
  }

  relu(name: string, { from }: From = {}): string {
    return this.#add({ type: 'relu', name, ...this.#same(this.#input(from)) });
  }

  /** Square max pooling, [C, H, W] -> [C, H', W'] as {@link conv}; the padding is at most half the kernel. */
  maxPool(name: string, { kernel = 2, stride = 2, padding = 0, from }: Partial<Window> & From = {}): string {
    const input = this.#planes(name, from);
    const window = { kernel, stride, padding };
    const plane = this.#window(name, input.inputShape, window);
    if (2 * padding > kernel)
      throw this.#misfit(
        name,
        input.inputShape,
        `its padding ${padding} is more than half its kernel`,
        'lower it',
      );
    return this.#add({
      type: 'maxPool',
      name,
      ...input,
      outputShape: [input.inputShape[0]!, ...plane],
      ...window,
    });
  }

  /** Mean over the plane, [C, H, W] -> [C]. */
  avgPool(name: string, { from }: From = {}): string {
    const input = this.#planes(name, from);
    return this.#add({ type: 'avgPool', name, ...input, outputShape: [input.inputShape[0]!] });
  }

  /** Sum of the outputs of two layers of one shape, by default of `a` and the layer added last. */
  add(name: string, a: string, b: string = this.#last): string {
    const shape = this.shape(a);
    if (shape.join() !== this.shape(b).join())
      throw this.#misfit(name, shape, `${b} has another shape, [${this.shape(b)}]`, 'make both alike');
    return this.#add({ type: 'add', name, inputs: [a, b], inputShape: shape, outputShape: shape });
  }

  /** [C, H, W] -> [C H W], row-major. */
  flatten(name: string, { from }: From = {}): string {
    const input = this.#input(from);
    return this.#add({ type: 'flatten', name, ...input, outputShape: [sizeOf(input.inputShape)] });
  }

  /** The network so far: what the last layer gives are the logits, so its shape must be [classes]. */
  build(): NetworkDescription {
    const shape = this.shape();
    if (shape.length !== 1 || this.#layers.length === 0)
      throw new InputError(
        `${this.name}: its last layer gives [${shape}]`,
        'the last layer gives the logits, [classes]',
        'end with a dense layer',
      );
    return {
      name: this.name,
      inputShape: this.inputShape,
      classes: shape[0]!,
      layers: [...this.#layers],
    };
  }

  #input(from: string = this.#last) {
    return { inputs: [from], inputShape: this.shape(from) };
  }

  #planes(name: string, from: string | undefined) {
    const input = this.#input(from);
    if (input.inputShape.length !== 3)
      throw this.#misfit(
        name,
        input.inputShape,
        'it takes [channels, height, width]',
        'put it before the flatten',
      );
    return input;
  }

  #same(input: { inputs: string[]; inputShape: ExampleShape }) {
    return { ...input, outputShape: input.inputShape };
  }

  #add(layer: Layer): string {
    if (this.#shapes.has(layer.name))
      throw new InputError(
        `${this.name}: layer '${layer.name}'`,
        layer.name === INPUT ? "is the name of the network's input" : 'is there already',
        'give every layer a name of its own',
      );
    this.#layers.push(layer);
    this.#shapes.set(layer.name, layer.outputShape);
    this.#last = layer.name;
    return layer.name;
  }

  #requireChannels(name: string, channels: number): void {
    if (!(Number.isInteger(channels) && channels >= 1))
      throw new InputError(
        `${this.name}: layer ${name} with ${channels} channels`,
        'a layer has a whole number of channels, at least 1',
        'use a larger width',
      );
  }

  #window(name: string, shape: ExampleShape, { kernel, stride, padding }: Required<Window>): number[] {
    for (const [key, value, low] of [
      ['kernel', kernel, 1],
      ['stride', stride, 1],
      ['padding', padding, 0],
    ] as const)
      requireInteger(`${this.name}: ${key} of ${name}`, value, low, 65_536);
    const plane = shape.slice(1).map((n) => Math.floor((n + 2 * padding - kernel) / stride) + 1);
    if (plane.some((n) => n < 1))
      throw this.#misfit(name, shape, `its ${kernel}x${kernel} window does not fit`, 'use a larger image');
    return plane;
  }

  #misfit(name: string, shape: ExampleShape, rule: string, fix: string): InputError {
    return new InputError(`${this.name}: layer ${name} on an input of shape [${shape}]`, rule, fix);
  }
}
