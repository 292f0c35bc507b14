import { type ConvLayer, INPUT, sizeOf } from '../../../networks/description.js';
import type { Layout } from '../activation.js';
import { type Graph, NCHWC, type Value } from '../graph.js';
import type { StoredLayout } from '../planner.js';

/** Channels that lie next to one another: 16 with AVX-512, 8 with AVX2. */
export type Block = 8 | 16;

export const blockedLayout = (block: Block): Layout => (block === 8 ? 'blocked8' : 'blocked16');

type Pair = readonly [number, number];

/** What a blocked convolution needs beside its input and filter. */
export interface NchwcConvOptions {
  readonly bias?: Value | undefined;
  /** Added to the result; overwritten in place where nothing reads it later, else copied first. */
  readonly sum?: Value | undefined;
  readonly relu?: boolean;
  readonly strides?: Pair;
  readonly dilations?: Pair;
  /** Top, left, bottom, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly group?: number;
  readonly label?: string;
}

/**
 * onnxruntime's blocked convolution. `x` [N, C, H, W] and the result are blocked in memory (x plain where C is smaller than a
 * block); `filter` has the shape [O, C/group, kh, kw] and lies as {@link filterOrder} says.
 */
export function nchwcConv(graph: Graph, x: Value, filter: Value, options: NchwcConvOptions = {}): Value {
  const { bias, sum, relu = false, strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] } = options;
  const [batch, , height, width] = x.shape as [number, number, number, number];
  const [outputs, , kh, kw] = filter.shape as [number, number, number, number];
  const rows = Math.floor((height + pads[0] + pads[2] - (kh - 1) * dilations[0] - 1) / strides[0]) + 1;
  const columns = Math.floor((width + pads[1] + pads[3] - (kw - 1) * dilations[1] - 1) / strides[1]) + 1;
  const inputs = sum ? [x, filter, bias ?? '', sum] : bias ? [x, filter, bias] : [x, filter];
  return graph.node('Conv', inputs as (Value | '')[], [batch, outputs, rows, columns], {
    domain: NCHWC,
    attributes: {
      kernel_shape: [kh, kw],
      strides,
      dilations,
      pads,
      group: options.group ?? 1,
      auto_pad: 'NOTSET',
      ...(relu ? { activation: 'Relu' } : {}),
    },
    label: options.label ?? 'conv',
  });
}

/** x * scale + shift per channel ([C] each): a depthwise 1x1 convolution. */
export function nchwcScale(
  graph: Graph,
  x: Value,
  scale: Value,
  options: Pick<NchwcConvOptions, 'bias' | 'sum' | 'relu' | 'label'>,
): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const filter = graph.reshape(scale, [channels, 1, 1, 1]);
  // Short rows are faster as one long row per channel block; long ones are not worth the reshapes.
  const flat = (v: Value) => (width >= 16 ? v : graph.reshape(v, [batch, channels, 1, height * width]));
  const sum = options.sum ? flat(options.sum) : undefined;
  return graph.reshape(nchwcConv(graph, flat(x), filter, { ...options, sum, group: channels }), x.shape);
}

/** Transposes the [n, n] matrices of [m, n, n], n the block: a reorder, which runs on all threads. */
export function transposeTiles(graph: Graph, x: Value, block: Block, label: string): Value {
  const tiles = sizeOf(x.shape) / block ** 2;
  return graph.node('ReorderInput', [graph.reshape(x, [tiles, block, 1, block])], [tiles, block, block], {
    domain: NCHWC,
    attributes: { channels_last: 0 },
    label,
  });
}

/** Whether a convolution's channels fit the blocked layout; the network's input, of few channels, is read plain. */
export function fitsBlock(layer: ConvLayer, block: Block): boolean {
  const [inputs, outputs] = [layer.inputShape[0]!, layer.outputShape[0]!];
  const few = inputs < block && layer.inputs[0] === INPUT;
  return outputs % block === 0 && (inputs % block === 0 || few);
}

/**
 * The filter of a blocked convolution as it lies in memory: [O/n, C/n, kh kw, n (in), n (out)], or [O/n, C kh kw, n] where C is
 * smaller than the block n.
 */
export function blockedFilter(layer: ConvLayer, block: Block): StoredLayout {
  const [inputs, outputs, taps] = [layer.inputShape[0]!, layer.outputShape[0]!, layer.kernel ** 2];
  const inner = inputs < block ? inputs : block;
  const shape =
    inputs < block
      ? [outputs / block, inputs * taps, block]
      : [outputs / block, inputs / block, taps, block, block];
  const order = new Int32Array(outputs * inputs * taps);
  let at = 0;
  for (let o = 0; o < outputs; o += block)
    for (let c = 0; c < inputs; c += inner)
      if (inputs < block)
        for (let row = 0; row < inputs * taps; row++)
          for (let i = 0; i < block; i++) order[at++] = (o + i) * inputs * taps + row;
      else
        for (let t = 0; t < taps; t++)
          for (let j = 0; j < block; j++)
            for (let i = 0; i < block; i++) order[at++] = ((o + i) * inputs + c + j) * taps + t;
  return { shape, order };
}
