import { type ConvLayer, weightShape } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { ConvForm } from '../planner.js';
import { standardConv } from './standard-conv.js';

/**
 * Convolution whose gradients suit a GPU's libraries: dx is a transposed convolution, which they have as the gradient of a convolution,
 * and dw one matrix product of dy and the patches of x. The standard form's dw is a convolution with kernels of the size of a plane, for
 * which they have no fast algorithm. The patches take `kernel`^2 times the memory of x.
 */
export function productConv(layer: ConvLayer): ConvForm {
  return {
    ...standardConv(layer),
    name: 'product',
    inputGradient(graph, dy, weight, pending) {
      const dx = Activation.of(transposedConv(graph, layer, toLayout(graph, dy, 'plain').value, weight));
      return pending ? pending.plus(graph, dx) : dx;
    },
    filterGradient(graph, x, dy) {
      const [batch] = x.shape as [number];
      const [outputs, height, width] = layer.outputShape as [number, number, number];
      const points = height * width;
      const planes = graph.reshape(toLayout(graph, dy, 'plain').value, [batch, outputs, points]);
      const gradients = graph.reshape(graph.transpose(planes, [1, 0, 2]), [outputs, batch * points]);
      const product = graph.matmul(
        gradients,
        patches(graph, layer, toLayout(graph, x, 'plain').value),
        'filterGradient',
      );
      return graph.reshape(product, weightShape(layer));
    },
  };
}

/** What the forward pass does not reach of dx, on the far side, is its last rows and columns, which get 0. */
function transposedConv(graph: Graph, layer: ConvLayer, dy: Value, weight: Value): Value {
  const { kernel, stride, padding, inputShape } = layer;
  const left = inputShape.slice(1).map((size) => (size + 2 * padding - kernel) % stride);
  return graph.node('ConvTranspose', [dy, weight], [dy.shape[0]!, ...inputShape], {
    attributes: {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: new Array<number>(4).fill(padding),
      output_padding: left,
    },
    label: 'inputGradient',
  });
}

/** The patches of [B, C, H, W] that the kernel sees, a row each: [B P, C k k]. */
function patches(graph: Graph, { kernel, stride, padding, outputShape }: ConvLayer, x: Value): Value {
  const [batch, channels] = x.shape as [number, number];
  const [, rows, columns] = outputShape as [number, number, number];
  const padded = [2, 3].reduce((value, axis) => graph.pad(value, axis, padding, padding), x);
  const [height, width] = padded.shape.slice(2) as [number, number];
  const places: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let i = 0; i < kernel; i++)
        for (let j = 0; j < kernel; j++) places.push((stride * row + i) * width + stride * column + j);
  const area = rows * columns;
  const flat = graph.reshape(padded, [batch, channels, height * width]);
  const whole = kernel === 1 && stride === 1 && padding === 0;
  const seen = graph.reshape(whole ? flat : graph.gather(flat, places, 2), [
    batch,
    channels,
    area,
    kernel * kernel,
  ]);
  const lines = graph.transpose(seen, [0, 2, 1, 3], 'patches');
  return graph.reshape(lines, [batch * area, channels * kernel * kernel]);
}
