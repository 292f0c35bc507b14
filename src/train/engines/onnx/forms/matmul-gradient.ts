import type { ConvLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { FilterGradient } from './filter-gradient.js';
import type { Block } from './nchwc.js';

/**
 * The filter gradient as one matrix product per example, dy [O, P] times the patches of x [P, C kh kw], summed over the batch.
 * For an input of few channels, whose patches a depthwise convolution with one-hot filters gathers.
 */
export function patchGradient(block: Block): FilterGradient {
  return {
    name: 'patches',
    emit(graph, layer, x, dy) {
      const [batch, channels] = x.shape as [number, number];
      const taps = layer.kernel ** 2;
      const area = dy.shape[2]! * dy.shape[3]!;
      const patches = graph.node(
        'Conv',
        [toLayout(graph, x, 'plain').value, oneHotFilters(graph, layer)],
        [batch, channels * taps, dy.shape[2]!, dy.shape[3]!],
        {
          attributes: {
            kernel_shape: [layer.kernel, layer.kernel],
            pads: [layer.padding, layer.padding, layer.padding, layer.padding],
            strides: [layer.stride, layer.stride],
            group: channels,
          },
          label: 'patches',
        },
      );
      const rows = graph.reshape(patches, [batch, channels * taps, area]);
      const summed = perExample(graph, dy, rows);
      const [outputs] = layer.outputShape as [number];
      const folded = graph.reshape(summed, [outputs / block, block, channels * taps]);
      return graph.transpose(folded, [0, 2, 1]);
    },
  };
}

/** The filter gradient of a 1x1 convolution: one matrix product per example over the pixels its stride reads. */
export function pointwiseGradient(block: Block): FilterGradient {
  return {
    name: 'pointwise',
    emit(graph, layer, x, dy) {
      const [batch, channels, height, width] = x.shape as [number, number, number, number];
      const [outputs, rows, columns] = dy.shape.slice(1) as [number, number, number];
      let read = x;
      if (layer.stride > 1) {
        const folded = graph.reshape(x.value, [batch * (channels / block), height, width, block]);
        const kept = graph.slice(graph.slice(folded, 1, 0, height, layer.stride), 2, 0, width, layer.stride);
        read = Activation.of(graph.reshape(kept, [batch, channels, rows, columns]), x.layout);
      }
      const pixels = graph.reshape(toLayout(graph, read, 'plain').value, [batch, channels, rows * columns]);
      const summed = perExample(graph, dy, pixels);
      const folded = graph.reshape(summed, [outputs / block, block, channels / block, block]);
      return graph.reshape(graph.transpose(folded, [0, 2, 3, 1]), [
        outputs / block,
        channels / block,
        1,
        block,
        block,
      ]);
    },
  };
}

/** Sum over the batch of dy [O, P] times the transpose of rows [B, R, P]: [O, R]. */
function perExample(graph: Graph, dy: Activation, rows: Value): Value {
  const [batch, outputs] = dy.shape as [number, number];
  const gradients = graph.reshape(toLayout(graph, dy, 'plain').value, [batch, outputs, rows.shape[2]!]);
  const products = graph.matmul(gradients, graph.transpose(rows, [0, 2, 1]), 'filterGradient');
  return graph.reduceSum(products, [0], false, 'sumExamples');
}

function oneHotFilters(graph: Graph, { kernel, inputShape }: ConvLayer): Value {
  const taps = kernel ** 2;
  const channels = inputShape[0]!;
  const filters = new Float32Array(channels * taps * taps);
  for (let row = 0; row < channels * taps; row++) filters[row * taps + (row % taps)] = 1;
  return graph.floats(filters, [channels * taps, 1, kernel, kernel]);
}
