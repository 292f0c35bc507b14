import type { MaxPoolLayer } from '../../../networks/description.js';
import { Activation, toLayout } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import type { PoolForm } from '../planner.js';
import { interleave } from './interleave.js';

/**
 * Max pooling as maxima of slices, along the width first: of equal values the first row, and in it the first column, takes the
 * gradient, as PyTorch has it. Twice as fast as MaxPool with indices and MaxUnpool, and windows may overlap.
 */
export function standardPool(layer: MaxPoolLayer): PoolForm {
  return {
    name: 'slices',
    forward(graph, x) {
      const [, height, width] = layer.outputShape as [number, number, number];
      const across = poolAxis(graph, layer, toLayout(graph, x, 'plain').value, 3, width);
      const down = poolAxis(graph, layer, across.output, 2, height);
      return {
        output: Activation.of(down.output),
        backward: (dy) => Activation.of(across.backward(down.backward(toLayout(graph, dy, 'plain').value))),
      };
    },
  };
}

const LOWEST = -3.4028234663852886e38;

function poolAxis(
  graph: Graph,
  { kernel, stride, padding }: MaxPoolLayer,
  x: Value,
  axis: number,
  count: number,
) {
  const size = x.shape[axis]!;
  const reach = (count - 1) * stride + kernel;
  const padded = graph.pad(x, axis, padding, Math.max(0, reach - size - padding), LOWEST);
  const taps = Array.from({ length: kernel }, (_, t) =>
    graph.slice(padded, axis, t, t + (count - 1) * stride + 1, stride),
  );
  const output = taps.reduce((a, b) => graph.binary('Max', a, b));
  const backward = (dy: Value): Value => {
    let rest = dy;
    const shares = taps.map((tap, t) => {
      if (t === kernel - 1) return rest;
      const share = graph.mul(rest, graph.compare('GreaterOrEqual', tap, output));
      rest = graph.sub(rest, share);
      return share;
    });
    // Tap t of window a lies at a * stride + t: in phase t mod stride, floor(t / stride) windows further on.
    const shifts = Math.floor((kernel - 1) / stride);
    const phases = Array.from({ length: stride }, (_, phase) => {
      const own = shares
        .map((share, t) => ({ share, t }))
        .filter(({ t }) => t % stride === phase)
        .map(({ share, t }) => {
          const shift = Math.floor(t / stride);
          return graph.pad(share, axis, shift, shifts - shift);
        });
      if (own.length > 0) return own.reduce((a, b) => graph.add(a, b));
      const shape = x.shape.with(axis, count + shifts);
      return graph.node('Expand', [graph.floats(0), graph.ints(shape)], shape);
    });
    const whole = interleave(graph, phases, axis);
    const missing = Math.max(0, padding + size - whole.shape[axis]!);
    return graph.slice(graph.pad(whole, axis, 0, missing), axis, padding, padding + size);
  };
  return { output, backward };
}
