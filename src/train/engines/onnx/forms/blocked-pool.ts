import type { MaxPoolLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { PoolForm } from '../planner.js';
import { type Block, blockedLayout } from './nchwc.js';

/**
 * 2x2 max pooling of a blocked activation with even planes: pairs of columns, then pairs of rows, each by slices. The first of
 * equal values takes the gradient, which is exact on ties where a comparison with the upsampled maximum is not.
 */
export function blockedPool(block: Block): PoolForm {
  const layout = blockedLayout(block);
  return {
    name: 'blocked slices',
    forward(graph, x) {
      const [batch, channels, height, width] = x.shape as [number, number, number, number];
      const [rows, columns] = [height / 2, width / 2];
      const pairs = graph.reshape(toLayout(graph, x, layout).value, [
        batch * (channels / block) * rows,
        2,
        columns,
        2 * block,
      ]);
      const left = graph.slice(pairs, 3, 0, block);
      const right = graph.slice(pairs, 3, block, 2 * block);
      const lines = graph.binary('Max', left, right);
      const top = graph.slice(lines, 1, 0, 1);
      const bottom = graph.slice(lines, 1, 1, 2);
      const pooled = graph.reshape(graph.binary('Max', top, bottom), [batch, channels, rows, columns]);
      return {
        output: Activation.of(pooled, layout),
        backward(dy) {
          const d = graph.reshape(toLayout(graph, dy, layout).value, top.shape);
          const upper = graph.mul(d, graph.compare('GreaterOrEqual', top, bottom));
          const both = graph.concat([upper, graph.sub(d, upper)], 1);
          const first = graph.mul(both, graph.compare('GreaterOrEqual', left, right));
          const dx = graph.concat([first, graph.sub(both, first)], 3);
          return Activation.of(graph.reshape(dx, x.shape), layout);
        },
      };
    },
  };
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
