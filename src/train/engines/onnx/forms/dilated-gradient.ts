import { type Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { FilterGradient } from './filter-gradient.js';
import { type Block, blockedLayout } from './nchwc.js';

/**
 * The filter gradient as one dilated grouped convolution of ONNX's own: the channels of x along its width (neighbouring taps are
 * C columns apart), a group of examples as the input channels, dy as the filter. Any batch and any stride.
 *
 * @param groups groups of the convolution, a divisor of the batch
 */
export function dilatedGradient(block: Block, groups: number): FilterGradient {
  return {
    name: `dilated in ${groups} groups`,
    emit(graph, layer, x, dy) {
      const [batch, channels, height, width] = x.shape as [number, number, number, number];
      const [outputs, rows, columns] = dy.shape.slice(1) as [number, number, number];
      const { kernel, stride, padding } = layer;
      const perGroup = batch / groups;
      const plain = toLayout(graph, dy, 'plain').value;
      const filter =
        perGroup === 1
          ? plain
          : graph.transpose(graph.reshape(plain, [groups, perGroup, outputs, rows * columns]), [0, 2, 1, 3]);
      const below = (rows - 1) * stride + kernel - height - padding;
      const right = (columns - 1) * stride + kernel - width - padding;
      const result = graph.node(
        'Conv',
        [
          graph.reshape(channelsLast(graph, x, block), [1, batch, height, width * channels]),
          graph.reshape(filter, [groups * outputs, perGroup, rows, columns]),
        ],
        [1, groups * outputs, kernel, kernel * channels],
        {
          attributes: {
            kernel_shape: [rows, columns],
            dilations: [stride, stride * channels],
            pads: [padding, padding * channels, below, right * channels],
            strides: [1, 1],
            group: groups,
          },
          label: 'filterGradient',
        },
      );
      const summed = graph.reduceSum(
        graph.reshape(result, [groups, outputs * kernel ** 2 * channels]),
        [0],
        false,
        'sumGroups',
      );
      return storeFilter(graph, graph.reshape(summed, [outputs, kernel ** 2, channels]), block);
    },
  };
}

/** A blocked activation as [B, H W, C]. */
function channelsLast(graph: Graph, x: Activation, block: Block): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const area = height * width;
  if (x.layout !== blockedLayout(block))
    return graph.transpose(graph.reshape(x.value, [batch, channels, area]), [0, 2, 1], 'channelsLast');
  if (channels === block) return x.value;
  const folded = graph.reshape(x.value, [batch, channels / block, area, block]);
  return graph.transpose(folded, [0, 2, 1, 3], 'channelsLast');
}

/** [O, taps, C] -> a blocked filter's memory order. */
function storeFilter(graph: Graph, w: Value, block: Block): Value {
  const [outputs, taps, channels] = w.shape as [number, number, number];
  const outs = outputs / block;
  if (channels < block) {
    const rows = graph.transpose(graph.reshape(w, [outs, block, taps, channels]), [0, 3, 2, 1]);
    return graph.reshape(rows, [outs, channels * taps, block]);
  }
  const ins = channels / block;
  return graph.transpose(graph.reshape(w, [outs, block, taps, ins, block]), [0, 3, 2, 4, 1]);
}
