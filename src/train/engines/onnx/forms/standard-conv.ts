import { type ConvLayer, weightShape } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { ConvForm } from '../planner.js';
import { interleave } from './interleave.js';

/**
 * Convolution in standard operators on the plain layout: any size, stride and channel count, any provider.
 *
 * @param pointsPadded whether zeros around a convolution of single pixels come from a node of their own, after it: one before it would be fused with it
 */
export function standardConv(layer: ConvLayer, pointsPadded = false): ConvForm {
  const { kernel, stride, padding } = layer;
  return {
    name: 'standard',
    stored: { shape: weightShape(layer) },
    forward(graph, x, weight, bias) {
      const batch = x.shape[0]!;
      const operands = [toLayout(graph, x, 'plain').value, weight, ...(bias ? [bias] : [])];
      return Activation.of(
        graph.node('Conv', operands, [batch, ...layer.outputShape], {
          attributes: {
            kernel_shape: [kernel, kernel],
            strides: [stride, stride],
            pads: new Array<number>(4).fill(padding),
          },
          label: 'forward',
        }),
      );
    },
    inputGradient(graph, dy, weight, pending) {
      const plain = toLayout(graph, dy, 'plain').value;
      const dx = Activation.of(inputGradient(graph, layer, plain, weight, pointsPadded));
      return pending ? pending.plus(graph, dx) : dx;
    },
    filterGradient(graph, x, dy) {
      const operands = [toLayout(graph, x, 'plain').value, toLayout(graph, dy, 'plain').value] as const;
      return layer.kernel === 1
        ? pointwiseFilterGradient(graph, layer, ...operands)
        : dilatedFilterGradient(graph, layer, ...operands);
    },
  };
}

/**
 * dx[s a + r] = sum over taps k = k0 + s j (k0 = (r + padding) mod s) of dy[a + offset - j] w[k]: for every phase r of rows and of
 * columns a stride-1 convolution of dy with those taps, reversed, in and out channels exchanged; the phases interleave.
 */
function inputGradient(
  graph: Graph,
  layer: ConvLayer,
  dy: Value,
  weight: Value,
  pointsPadded: boolean,
): Value {
  const { kernel, stride, padding } = layer;
  const [inputs, height, width] = layer.inputShape as [number, number, number];
  const [outputs, outHeight, outWidth] = layer.outputShape as [number, number, number];
  const batch = dy.shape[0]!;
  const swapped = graph.reshape(graph.transpose(weight, [1, 0, 2, 3]), [inputs, outputs, kernel * kernel]);
  const axis = (r: number, size: number, outSize: number) => {
    const first = (r + padding) % stride;
    const taps = Array.from(
      { length: Math.max(0, Math.ceil((kernel - first) / stride)) },
      (_, j) => first + stride * j,
    );
    const count = Math.ceil(size / stride);
    const offset = (r + padding - first) / stride;
    // Where the window reaches beyond dy it sees zeros; where it does not reach an end of dy, that end is left out.
    return {
      taps: taps.reverse(),
      count,
      before: taps.length - 1 - offset,
      after: count - 1 + offset - (outSize - 1),
    };
  };
  const phases = Array.from({ length: stride }, (_, r) =>
    Array.from({ length: stride }, (_, c) => {
      const rows = axis(r, height, outHeight);
      const columns = axis(c, width, outWidth);
      const shape = [batch, inputs, rows.count, columns.count];
      if (rows.taps.length === 0 || columns.taps.length === 0)
        return graph.node('Expand', [graph.floats(0), graph.ints(shape)], shape);
      const taps = rows.taps.flatMap((i) => columns.taps.map((j) => i * kernel + j));
      const filter = graph.reshape(graph.gather(swapped, taps, 2), [
        inputs,
        outputs,
        rows.taps.length,
        columns.taps.length,
      ]);
      const trimmed = trim(graph, trim(graph, dy, 2, rows), 3, columns);
      const apart = pointsPadded && taps.length === 1;
      const pads = [rows.before, columns.before, rows.after, columns.after];
      const sides = [rows.count, columns.count].map((count, i) => (apart ? trimmed.shape[2 + i]! : count));
      const part = graph.node('Conv', [trimmed, filter], [batch, inputs, ...sides], {
        attributes: {
          kernel_shape: [rows.taps.length, columns.taps.length],
          pads: pads.map((n) => (apart ? 0 : Math.max(0, n))),
        },
        label: 'inputGradient',
      });
      return apart ? frame(graph, frame(graph, part, 2, rows), 3, columns) : part;
    }),
  );
  const rows = phases.map((row) => interleave(graph, row, 3));
  const whole = interleave(graph, rows, 2);
  return graph.slice(graph.slice(whole, 2, 0, height), 3, 0, width);
}

interface Ends {
  readonly before: number;
  readonly after: number;
}

/** Cuts what a negative padding takes away. */
function trim(graph: Graph, x: Value, axis: number, { before, after }: Ends): Value {
  return graph.slice(x, axis, Math.max(0, -before), x.shape[axis]! - Math.max(0, -after));
}

/** Adds the zeros of a positive padding. */
function frame(graph: Graph, x: Value, axis: number, { before, after }: Ends): Value {
  return graph.pad(x, axis, Math.max(0, before), Math.max(0, after));
}

/**
 * The channels folded into the width and the batch into groups: one dilated convolution whose kernels are the planes of dy.
 * Fewer groups than examples on small planes, where an example alone is too little work.
 */
function dilatedFilterGradient(graph: Graph, layer: ConvLayer, x: Value, dy: Value): Value {
  const { kernel, stride, padding } = layer;
  const [inputs, height, width] = layer.inputShape as [number, number, number];
  const [outputs, outHeight, outWidth] = layer.outputShape as [number, number, number];
  const batch = x.shape[0]!;
  const after = (size: number, outSize: number) => (outSize - 1) * stride + kernel - size - padding;
  const [bottom, right] = [after(height, outHeight), after(width, outWidth)];
  const seen = trim(graph, trim(graph, x, 2, { before: 0, after: bottom }), 3, { before: 0, after: right });
  const [rows, columns] = seen.shape.slice(2) as [number, number];
  const image = graph.reshape(graph.transpose(seen, [0, 2, 3, 1], 'image'), [
    1,
    batch,
    rows,
    columns * inputs,
  ]);
  const groups = outHeight * outWidth > 64 ? batch : largestDivisor(batch, 16);
  const members = batch / groups;
  const planes = graph.reshape(dy, [groups, members, outputs, outHeight * outWidth]);
  const kernels = graph.reshape(members === 1 ? planes : graph.transpose(planes, [0, 2, 1, 3], 'kernels'), [
    groups * outputs,
    members,
    outHeight,
    outWidth,
  ]);
  const grouped = graph.node('Conv', [image, kernels], [1, groups * outputs, kernel, kernel * inputs], {
    attributes: {
      kernel_shape: [outHeight, outWidth],
      dilations: [stride, stride * inputs],
      pads: [padding, padding * inputs, Math.max(0, bottom), Math.max(0, right) * inputs],
      group: groups,
    },
    label: 'filterGradient',
  });
  const sum = graph.reduceSum(graph.reshape(grouped, [groups, outputs * kernel * kernel * inputs]), [0]);
  const taps = graph.reshape(sum, [outputs, kernel * kernel, inputs]);
  return graph.reshape(graph.transpose(taps, [0, 2, 1]), weightShape(layer));
}

/** 1x1: dw = sum over the batch of dy x^T. */
function pointwiseFilterGradient(graph: Graph, layer: ConvLayer, x: Value, dy: Value): Value {
  const { stride, padding } = layer;
  const [inputs] = layer.inputShape as [number, number, number];
  const [outputs, outHeight, outWidth] = layer.outputShape as [number, number, number];
  const batch = x.shape[0]!;
  const strided = [2, 3].reduce((value, axis) => {
    const padded = graph.pad(value, axis, padding, padding);
    return graph.slice(padded, axis, 0, padded.shape[axis]!, stride);
  }, x);
  const points = outHeight * outWidth;
  const columns = graph.transpose(graph.reshape(strided, [batch, inputs, points]), [0, 2, 1], 'columns');
  const each = graph.matmul(graph.reshape(dy, [batch, outputs, points]), columns, 'filterGradient');
  return graph.reshape(graph.reduceSum(each, [0]), weightShape(layer));
}

function largestDivisor(n: number, most: number): number {
  let divisor = Math.min(n, most);
  while (n % divisor !== 0) divisor--;
  return divisor;
}
