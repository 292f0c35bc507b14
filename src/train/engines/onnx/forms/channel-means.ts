import { type Graph, NCHWC, type Value } from '../graph.js';
import { type Block, nchwcConv } from './nchwc.js';

/** Terms that are added one after another: longer sums are cut, since their rounding errors grow with the length. */
const SERIAL_TERMS = 256;

/** Mean over batch and plane of the product of two blocked activations: [C]. */
export function nchwcMeanProduct(graph: Graph, a: Value, b: Value, block: Block, label: string): Value {
  const { parts, view } = cutPlanes(a.shape);
  const [batch, channels, height, width] = view;
  // A blocked activation already lies as a depthwise filter as large as its plane: nothing is copied.
  const sums = nchwcConv(
    graph,
    graph.reshape(a, [1, batch * channels, height, width]),
    graph.reshape(b, [batch * channels, 1, height, width]),
    { group: batch * channels, label },
  );
  return graph.scale(meanOfParts(graph, sums, a.shape, parts, block), 1 / (height * width));
}

/** Mean over batch and plane of a blocked activation: [C]. */
export function nchwcMean(graph: Graph, x: Value, block: Block, label: string): Value {
  const { parts, view } = cutPlanes(x.shape);
  const [batch, channels] = view;
  const means = graph.node('GlobalAveragePool', [graph.reshape(x, view)], [batch, channels, 1, 1], {
    domain: NCHWC,
    label,
  });
  return meanOfParts(graph, means, x.shape, parts, block);
}

/** A blocked activation's planes cut into `parts` of whole rows, which lie as channel blocks of their own. */
function cutPlanes(shape: readonly number[]) {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  let parts = 1;
  while (parts < height && (height % parts !== 0 || (height / parts) * width > SERIAL_TERMS)) parts++;
  return { parts, view: [batch, channels * parts, height / parts, width] as const };
}

/** One value for each example, channel block, part and channel -> the mean over examples and parts, [C]. */
function meanOfParts(
  graph: Graph,
  values: Value,
  shape: readonly number[],
  parts: number,
  block: Block,
): Value {
  const [batch, channels] = shape as [number, number];
  if (parts === 1) return graph.reduceMean(graph.reshape(values, [batch, channels]), [0]);
  return graph.reshape(
    graph.reduceMean(graph.reshape(values, [batch, channels / block, parts, block]), [0, 2]),
    [channels],
  );
}
