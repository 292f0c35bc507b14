import { stream } from '../../../../../src/core/rng.js';
import { Activation, toLayout } from '../../../../../src/train/engines/onnx/activation.js';
import { Graph, type Value } from '../../../../../src/train/engines/onnx/graph.js';
import { type Tensor, toTensor } from '../../../../../src/train/engines/onnx/library.js';
import type { ConvForm } from '../../../../../src/train/engines/onnx/planner.js';
import { createSession } from '../../../../../src/train/engines/onnx/session.js';
import { type ConvLayer, sizeOf } from '../../../../../src/train/networks/description.js';

/** A convolution of a batch and everything that goes in, standard layouts. */
export interface ConvCase {
  readonly layer: ConvLayer;
  readonly batch: number;
  readonly x: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly dy: Float32Array;
  /** A gradient of x from elsewhere, and a residual of y. */
  readonly pending: Float32Array;
  readonly residual: Float32Array;
}

/** [C, H, W] -> channels, kernel k, stride s, padding p. */
export function convLayer(
  inputShape: readonly [number, number, number],
  channels: number,
  kernel: number,
  stride = 1,
  padding = kernel >> 1,
): ConvLayer {
  const window = (n: number) => Math.floor((n + 2 * padding - kernel) / stride) + 1;
  return {
    type: 'conv',
    name: 'conv',
    inputs: ['input'],
    inputShape,
    outputShape: [channels, window(inputShape[1]), window(inputShape[2])],
    kernel,
    stride,
    padding,
    bias: true,
    fanIn: inputShape[0] * kernel ** 2,
  };
}

export function convCase(layer: ConvLayer, batch: number, seed = 1): ConvCase {
  const { uniform } = stream(seed, 'conv case');
  const random = (n: number, scale = 1) =>
    Float32Array.from({ length: n }, () => scale * (2 * uniform() - 1));
  const [inputs, outputs] = [batch * sizeOf(layer.inputShape), batch * sizeOf(layer.outputShape)];
  return {
    layer,
    batch,
    x: random(inputs),
    weight: random(layer.fanIn * layer.outputShape[0]!, 1 / Math.sqrt(layer.fanIn)),
    bias: random(layer.outputShape[0]!),
    dy: random(outputs),
    pending: random(inputs),
    residual: random(outputs),
  };
}

/** What a form computes for a case, standard layouts: relu(conv + bias + residual), the plain conv, dx (+ pending), dw. */
export async function runConv(
  form: ConvForm,
  data: ConvCase,
  inputGradient = true,
): Promise<Readonly<Record<string, Float32Array>>> {
  const { layer, batch } = data;
  const graph = new Graph();
  const [inputShape, outputShape] = [
    [batch, ...layer.inputShape],
    [batch, ...layer.outputShape],
  ];
  const { stored } = form;
  const feeds: Record<string, Tensor> = {};
  const input = (name: string, values: Float32Array, shape: readonly number[]): Value => {
    feeds[name] = toTensor(values, shape);
    return graph.input(name, shape);
  };
  const inStored = (w: Float32Array) => (stored.order ? Float32Array.from(stored.order, (i) => w[i]!) : w);
  const x = Activation.of(input('x', data.x, inputShape));
  const weight = input('w', inStored(data.weight), stored.shape);
  const bias = input('b', data.bias, [layer.outputShape[0]!]);
  const dy = Activation.of(input('dy', data.dy, outputShape));
  const residual = Activation.of(input('residual', data.residual, outputShape));
  const pending = Activation.of(input('pending', data.pending, inputShape));
  const plain = (name: string, activation: Activation) =>
    graph.output(name, toLayout(graph, activation, 'plain').value);
  plain('y', form.forward(graph, x, weight, undefined));
  const biased = form.forward(graph, x, weight, bias);
  plain('fused', biased.plus(graph, toLayout(graph, residual, biased.layout)).relu(graph));
  plain('rectified', form.forward(graph, x, weight, bias).relu(graph));
  if (inputGradient) {
    plain('dx', form.inputGradient(graph, dy, weight, undefined));
    plain('dxTotal', form.inputGradient(graph, dy, weight, pending));
  }
  graph.output('dw', form.filterGradient(graph, x, dy));
  const session = await createSession(graph.build(), 'cpu', 2);
  const results = await session.run(feeds);
  const found = Object.fromEntries(Object.entries(results).map(([k, v]) => [k, v.data as Float32Array]));
  await session.release();
  if (stored.order) {
    const dw = new Float32Array(found.dw!.length);
    stored.order.forEach((index, i) => {
      dw[index] = found.dw![i]!;
    });
    found.dw = dw;
  }
  return found;
}

/** Norm of the difference over the norm of the second. */
export function deviation(a: Float32Array, b: Float32Array): number {
  let [difference, norm] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return a.length === b.length ? Math.sqrt(difference / norm) : Number.NaN;
}
