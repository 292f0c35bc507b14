import type { ConvLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph } from '../graph.js';
import type { ConvForm } from '../planner.js';
import type { FilterGradient } from './filter-gradient.js';
import { type Block, blockedFilter, blockedLayout, type NchwcConvOptions, nchwcConv } from './nchwc.js';
import { stridedGradient } from './phases.js';
import { rotatedFilter } from './rotated-filter.js';
import type { Convolver } from './winograd.js';

/** What the planner chooses for a blocked convolution. */
export interface BlockedChoices {
  readonly block: Block;
  readonly filterGradient: FilterGradient;
  /** Stands in for the direct 3x3 convolution of stride 1, forward and for the input gradient. */
  readonly convolver?: Convolver | undefined;
}

/**
 * A convolution in onnxruntime's blocked layout. The input gradient of stride 1 is a convolution with the rotated filter; of
 * stride 2, four convolutions of stride 1, one for each parity of row and column.
 */
export function blockedConv(
  layer: ConvLayer,
  { block, filterGradient, convolver }: BlockedChoices,
): ConvForm {
  const layout = blockedLayout(block);
  const inputs = layer.inputShape[0]!;
  const { kernel, stride, padding } = layer;
  const filterShape = [layer.outputShape[0]!, inputs, kernel, kernel];
  const place = (graph: Graph, x: Activation) => toLayout(graph, x, inputs < block ? 'plain' : layout);
  return {
    name: `blocked ${convolver?.name ?? 'direct'}, ${filterGradient.name}`,
    stored: blockedFilter(layer, block),
    forward(graph, x, weight, bias) {
      const source = place(graph, x);
      const filter = graph.reshape(weight, filterShape);
      const shape = [source.shape[0]!, ...layer.outputShape];
      const convolve = (options: Pick<NchwcConvOptions, 'bias' | 'sum' | 'relu'>) =>
        convolver
          ? convolver.convolve(graph, source.value, filter, options)
          : nchwcConv(graph, source.value, filter, {
              ...options,
              strides: [stride, stride],
              pads: tightPads(layer),
              label: 'forward',
            });
      return Activation.lazy(shape, layout, (epilogue) => convolve({ bias, ...epilogue }), {
        withBias: (more) => convolve({ bias: bias ? graph.add(bias, more) : more }),
        sample:
          samples(layer) && !convolver
            ? (row, column) =>
                nchwcConv(graph, source.value, filter, {
                  bias,
                  strides: [2, 2],
                  pads: [padding - row, padding - column, padding - 1 + row, padding - 1 + column],
                  label: `forward${row}${column}`,
                })
            : undefined,
      });
    },
    inputGradient(graph, dy, weight, pending) {
      const source = toLayout(graph, dy, layout);
      if (stride === 2) return stridedGradient(graph, layer, block, source, weight, pending);
      const sum = pending && toLayout(graph, pending, layout).value;
      const filter = rotatedFilter(graph, layer, block, weight);
      const margin = kernel - 1 - padding;
      return Activation.of(
        convolver
          ? convolver.convolve(graph, source.value, filter, { sum })
          : nchwcConv(graph, source.value, filter, {
              sum,
              pads: [margin, margin, margin, margin],
              label: 'inputGradient',
            }),
        layout,
      );
    },
    filterGradient: (graph, x, dy) =>
      filterGradient.emit(graph, layer, place(graph, x), toLayout(graph, dy, layout)),
  };
}

/** Whether every second row and column can be convolved alone, at no more operations: a plane of even sides that keeps its size. */
function samples({ kernel, stride, padding, inputShape }: ConvLayer): boolean {
  const even = inputShape[1]! % 2 === 0 && inputShape[2]! % 2 === 0;
  return stride === 1 && padding >= 1 && kernel === 2 * padding + 1 && even;
}

/** Padding without the rows and columns that no window of this stride reaches. */
export function tightPads({
  inputShape,
  outputShape,
  kernel,
  stride,
  padding,
}: ConvLayer): [number, number, number, number] {
  const end = (axis: 1 | 2) =>
    Math.max(0, (outputShape[axis]! - 1) * stride + kernel - padding - inputShape[axis]!);
  return [padding, padding, end(1), end(2)];
}

/** Whether {@link blockedConv} has an input gradient for the layer. */
export function hasBlockedInputGradient({ kernel, stride, padding, inputShape }: ConvLayer): boolean {
  if (stride === 1) return padding < kernel;
  const even = inputShape[1]! % 2 === 0 && inputShape[2]! % 2 === 0;
  return stride === 2 && even && ((kernel === 3 && padding === 1) || (kernel === 1 && padding === 0));
}
