import type { ConvLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import { type Block, blockedLayout, nchwcConv } from './nchwc.js';
import { rotatedFilter } from './rotated-filter.js';

/** For the gradient of a 1x1 convolution of stride 2: its values at even rows and columns; elsewhere it is 0. */
const evenPhase = new WeakMap<Activation, Value>();

/**
 * The input gradient of a convolution of stride 2 (3x3 with padding 1, or 1x1) on even planes: four convolutions of stride 1,
 * one for each parity of row and column of x, interleaved. A 1x1 shortcut's gradient only reaches the even rows and columns;
 * as `pending` it is added there and nowhere else.
 */
export function stridedGradient(
  graph: Graph,
  layer: ConvLayer,
  block: Block,
  dy: Activation,
  weight: Value,
  pending: Activation | undefined,
): Activation {
  const [batch, , height, width] = dy.shape as [number, number, number, number];
  const layout = blockedLayout(block);
  const channels = layer.inputShape[0]!;
  const shape = [batch, channels, 2 * height, 2 * width];
  const phase = (taps: readonly number[], kh: number, kw: number, sum?: Value) =>
    nchwcConv(graph, dy.value, rotatedFilter(graph, layer, block, weight, taps, [kh, kw]), {
      pads: [0, 0, kh - 1, kw - 1],
      sum,
      label: `inputGradient${kh}${kw}`,
    });
  const interleave = (phases: readonly Value[]) => {
    const plane = [batch * (channels / block), height, width, block];
    const stacked = graph.concat(
      phases.map((p) => graph.reshape(p, [1, ...plane])),
      0,
    );
    const mixed = graph.transpose(graph.reshape(stacked, [2, 2, ...plane]), [2, 3, 0, 4, 1, 5], 'interleave');
    return graph.reshape(mixed, shape);
  };
  const plus = (value: Value, other: Activation | undefined) =>
    Activation.of(other ? graph.add(value, toLayout(graph, other, layout).value) : value, layout);

  if (layer.kernel === 1) {
    const even = phase([0], 1, 1);
    const zero = () => graph.node('ConstantOfShape', [graph.ints(even.shape)], even.shape);
    const whole = () => interleave([even, zero(), zero(), zero()]);
    if (pending) return plus(whole(), pending);
    const gradient = Activation.lazy(shape, layout, ({ sum }) => (sum ? graph.add(whole(), sum) : whole()));
    evenPhase.set(gradient, even);
    return gradient;
  }
  // Row 2i of x meets tap row 1 at output row i; row 2i + 1 meets tap row 2 at i and tap row 0 at i + 1. Columns alike.
  const even = pending && evenPhase.get(pending);
  const gradient = interleave([
    phase([4], 1, 1, even),
    phase([5, 3], 1, 2),
    phase([7, 1], 2, 1),
    phase([8, 6, 2, 0], 2, 2),
  ]);
  return plus(gradient, even ? undefined : pending);
}
