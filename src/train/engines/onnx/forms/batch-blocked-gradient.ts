import type { ConvLayer } from '../../../networks/description.js';
import { Activation } from '../activation.js';
import { type Graph, NCHWC, type Value } from '../graph.js';
import type { FilterGradient } from './filter-gradient.js';
import { type Block, blockedFilter, nchwcConv, transposeTiles } from './nchwc.js';

/**
 * The filter gradient as one blocked convolution that sums over the batch as if it were the input channels. One side, the image,
 * lies with its channels along the width, so that a column of the result is a (tap, channel) pair and neighbouring taps are
 * `block` columns apart (the dilation); the other side is the filter, as large as its plane. The batch must be a multiple of the
 * block.
 *
 * @param imageOf which side is the image: `x`, or `dy` (stride 1 alone; the taps come out reversed)
 * @param perGroup examples summed by one group of the convolution, a multiple of the block that divides the batch
 */
export function batchBlockedGradient(block: Block, imageOf: 'x' | 'dy', perGroup: number): FilterGradient {
  return {
    name: `batch-blocked ${imageOf} by ${perGroup}`,
    emit(graph, layer, x, dy) {
      const { kernel, padding } = layer;
      const fromX = imageOf === 'x';
      const thinned = kernel === 1 ? everyPixelRead(graph, layer, x) : x;
      const stride = kernel === 1 ? 1 : layer.stride;
      const margin = fromX ? padding : kernel - 1 - padding;
      const [image, filter] = fromX ? [thinned, dy] : [dy, thinned];
      const tiles = batchCorrelation(graph, block, image, filter.value, {
        kernel: [kernel, kernel],
        stride,
        margin: [margin, margin],
        perGroup,
      });
      const { shape } = blockedFilter(layer, block);
      if (fromX) return graph.reshape(exchange(graph, tiles), shape);
      const turned = graph.reshape(transposeTiles(graph, tiles, block, 'turnTiles'), tiles.shape);
      return graph.reshape(reverseTaps(graph, turned, layer), shape);
    },
  };
}

/** What fixes a {@link batchCorrelation}. */
export interface CorrelationOptions {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  /** Rows and columns of zeros before the image; what is missing after it is padded too. */
  readonly margin: readonly [number, number];
  /** Examples summed by one group, a multiple of the block that divides the batch. */
  readonly perGroup: number;
}

/**
 * For each tap and each pair of channels, the sum over the batch and the filter's plane of image times filter.
 *
 * @param image [B, I, H, W]
 * @param filter [B, F, h, w] blocked
 * @returns [I/m, F/n, kh kw, m n], each tile [image channel, filter channel]; m is n, or 1 where the image is plain
 */
export function batchCorrelation(
  graph: Graph,
  block: Block,
  image: Activation,
  filter: Value,
  { kernel: [kh, kw], stride, margin: [top, left], perGroup }: CorrelationOptions,
): Value {
  const [batch, channels, height, width] = image.shape as [number, number, number, number];
  const inner = image.layout === 'plain' ? 1 : block;
  const [imageBlocks, filterBlocks] = [channels / inner, filter.shape[1]! / block];
  const [groups, parts] = [batch / perGroup, perGroup / block];
  const [rows, columns] = filter.shape.slice(2) as [number, number];
  const bottom = (rows - 1) * stride + kh - height - top;
  const right = (columns - 1) * stride + kw - width - left;
  const result = nchwcConv(
    graph,
    batchImage(graph, image, block, left, right),
    graph.reshape(batchFilter(graph, filter, block, parts), [
      groups * filterBlocks * block,
      perGroup,
      rows,
      columns,
    ]),
    {
      dilations: [stride, stride * inner],
      pads: [top, 0, bottom, 0],
      group: groups,
      label: 'filterGradient',
    },
  );
  // [image block, group, filter block, kh, kw, image channel, filter channel]
  const [taps, tile] = [kh * kw, inner * block];
  const partial = graph.reshape(result, [imageBlocks, groups, filterBlocks * taps * tile]);
  const summed = groups === 1 ? partial : graph.reduceSum(partial, [1], false, 'sumGroups');
  return graph.reshape(summed, [imageBlocks, filterBlocks, taps, tile]);
}

/** The pixels of x that a 1x1 convolution reads. */
function everyPixelRead(graph: Graph, { stride }: ConvLayer, x: Activation): Activation {
  if (stride === 1) return x;
  const channels = x.shape[1]!;
  const ones = graph.floats(new Float32Array(channels).fill(1), [channels, 1, 1, 1]);
  const read = nchwcConv(graph, x.value, ones, {
    strides: [stride, stride],
    group: channels,
    label: 'everyPixelRead',
  });
  return Activation.of(read, x.layout);
}

/** [a, b, ...] -> [b, a, ...]: nothing to do where either is 1. */
function exchange(graph: Graph, x: Value): Value {
  const [a, b, ...rest] = x.shape as [number, number, ...number[]];
  return a === 1 || b === 1
    ? graph.reshape(x, [b, a, ...rest])
    : graph.transpose(x, [1, 0, 2, 3], 'orderTiles');
}

function reverseTaps(graph: Graph, tiles: Value, { kernel }: ConvLayer): Value {
  return kernel === 1
    ? tiles
    : graph.gather(
        tiles,
        Array.from({ length: kernel ** 2 }, (_, i) => kernel ** 2 - 1 - i),
        2,
      );
}

/**
 * [B, C, H, W] -> [C/m, B, H, (left + W + right) m] blocked by examples: the column of channel c of pixel w is (left + w) m + c. m is
 * the block, or 1 where x is plain.
 */
function batchImage(graph: Graph, x: Activation, block: Block, left: number, right: number): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const inner = x.layout === 'plain' ? 1 : block;
  const [sets, blocks, area] = [batch / block, channels / inner, height * width];
  return graph.memo(`${x.value.name}>batchImage${left},${right}`, () => {
    const reordered = graph.node(
      'ReorderInput',
      [graph.reshape(x.value, [sets, block, blocks * area, inner])],
      [sets, block, blocks * area, inner],
      { domain: NCHWC, attributes: { channels_last: 0 }, label: 'batchImage' },
    );
    // A depthwise convolution with ones pads on all threads; Pad runs on one.
    const strips = graph.reshape(reordered, [sets, blocks * block, height, width * inner]);
    const ones = graph.floats(new Float32Array(blocks * block).fill(1), [blocks * block, 1, 1, 1]);
    const padded =
      left === 0 && right === 0
        ? strips
        : nchwcConv(graph, strips, ones, {
            pads: [0, left * inner, 0, right * inner],
            group: blocks * block,
            label: 'padImage',
          });
    const line = (left + width + right) * inner;
    const shape = [blocks, batch, height, line];
    if (blocks === 1) return graph.reshape(padded, shape);
    const order: number[] = [];
    for (let i = 0; i < blocks; i++) for (let s = 0; s < sets; s++) order.push(s * blocks + i);
    const rows = graph.reshape(padded, [sets * blocks, height * line * block]);
    return graph.reshape(graph.gather(rows, order, 0), shape);
  });
}

/**
 * [B, C, H, W] blocked by channels -> the filter [B / (n parts), C/n, parts, H W, n (example), n (channel)] of a convolution over
 * the batch in groups of n * parts examples.
 */
function batchFilter(graph: Graph, x: Value, block: Block, parts: number): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [sets, blocks, area] = [batch / block, channels / block, height * width];
  const reordered = graph.memo(`${x.name}>batchFilter`, () =>
    exchangeVectors(graph, x, sets, block, blocks * area, block),
  );
  if (parts === 1 || blocks === 1) return reordered;
  const order: number[] = [];
  for (let g = 0; g < sets; g += parts)
    for (let k = 0; k < blocks; k++) for (let s = 0; s < parts; s++) order.push((g + s) * blocks + k);
  return graph.gather(graph.reshape(reordered, [sets * blocks, area * block ** 2]), order, 0);
}

/** [m, a, b, n] -> [m, b, a, n], n the block: a reorder from channels last, which runs on all threads. */
function exchangeVectors(graph: Graph, x: Value, m: number, a: number, b: number, block: Block): Value {
  return graph.node('ReorderInput', [graph.reshape(x, [m, 1, a, b * block])], [m, b, a, block], {
    domain: NCHWC,
    attributes: { channels_last: 1 },
    label: 'exchangeVectors',
  });
}
