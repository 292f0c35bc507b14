import type { MaxPoolLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { PoolForm } from '../planner.js';
import { type Block, blockedLayout } from './nchwc.js';

/**
 * 2x2 max pooling of a blocked activation with even planes, from its four corners: the activation at even or odd rows and columns.
 * A convolution before it makes each corner alone, so that nothing is cut apart. The first of equal values takes the gradient, which
 * is exact on ties where a comparison with the upsampled maximum is not.
 */
export function blockedPool(block: Block): PoolForm {
  const layout = blockedLayout(block);
  return {
    name: 'blocked corners',
    forward(graph, x) {
      const [batch, channels, height, width] = x.shape as [number, number, number, number];
      const [rows, columns] = [height / 2, width / 2];
      const [a, b, c, d] = corners(graph, x, block);
      const [top, bottom] = [graph.binary('Max', a, b), graph.binary('Max', c, d)];
      return {
        output: Activation.of(graph.binary('Max', top, bottom), layout),
        backward(dy) {
          const gradient = toLayout(graph, dy, layout).value;
          const [upper, lower] = shares(graph, gradient, top, bottom);
          const [toA, toB] = shares(graph, upper, a, b);
          const [toC, toD] = shares(graph, lower, c, d);
          const lines = [batch * (channels / block) * rows, 1, columns, block];
          const pair = (even: Value, odd: Value, axis: number) =>
            graph.concat(
              [even, odd].map((v) => (axis === 1 ? graph.reshape(v, lines) : v)),
              axis,
            );
          const dx = pair(pair(toA, toC, 1), pair(toB, toD, 1), 3);
          return Activation.of(graph.reshape(dx, x.shape), layout);
        },
      };
    },
  };
}

/** The gradient's share of the first of two values, where it is at least the second, and what is left for the second. */
function shares(graph: Graph, gradient: Value, first: Value, second: Value): readonly [Value, Value] {
  const share = graph.mul(gradient, graph.compare('GreaterOrEqual', first, second));
  return [share, graph.sub(gradient, share)];
}

/** x at (even, even), (even, odd), (odd, even) and (odd, odd) rows and columns, each [B, C, H/2, W/2]. */
function corners(graph: Graph, x: Activation, block: Block): readonly [Value, Value, Value, Value] {
  const { sample } = x;
  if (sample && x.layout === blockedLayout(block))
    return [sample(0, 0), sample(0, 1), sample(1, 0), sample(1, 1)];
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const pairs = graph.reshape(toLayout(graph, x, blockedLayout(block)).value, [
    batch * (channels / block) * (height / 2),
    2,
    width / 2,
    2 * block,
  ]);
  const half = [batch, channels, height / 2, width / 2];
  const row = (columns: Value) => [0, 1].map((r) => graph.reshape(graph.slice(columns, 1, r, r + 1), half));
  const [a, c] = row(graph.slice(pairs, 3, 0, block));
  const [b, d] = row(graph.slice(pairs, 3, block, 2 * block));
  return [a!, b!, c!, d!];
}

/** Whether {@link blockedPool} computes this layer. */
export function fitsBlockedPool(
  { kernel, stride, padding, inputShape }: MaxPoolLayer,
  block: Block,
): boolean {
  const [channels, height, width] = inputShape as [number, number, number];
  return (
    kernel === 2 &&
    stride === 2 &&
    padding === 0 &&
    channels % block === 0 &&
    height % 2 === 0 &&
    width % 2 === 0
  );
}
