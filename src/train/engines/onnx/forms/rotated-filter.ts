import type { ConvLayer } from '../../../networks/description.js';
import type { Graph, Value } from '../graph.js';
import { type Block, transposeTiles } from './nchwc.js';

/**
 * The filter of an input gradient from the stored one: inputs and outputs exchanged, the chosen taps in the given order.
 *
 * @param taps indices kh * kernel + kw; default all, rotated by 180 degrees
 * @returns [C, O, kh, kw], lying as a blocked filter: [C/n, O/n, kh kw, n (out of the layer), n (into it)]
 */
export function rotatedFilter(
  graph: Graph,
  { kernel, inputShape, outputShape }: ConvLayer,
  block: Block,
  weight: Value,
  taps: readonly number[] = Array.from({ length: kernel ** 2 }, (_, i) => kernel ** 2 - 1 - i),
  [kh, kw]: readonly [number, number] = [kernel, kernel],
): Value {
  const [inputs, outputs] = [inputShape[0]!, outputShape[0]!];
  const [ins, outs, area] = [inputs / block, outputs / block, kernel ** 2];
  const tiles = graph.memo(`${weight.name}>tiles`, () =>
    graph.reshape(transposeTiles(graph, weight, block, 'transposeFilter'), [ins * outs * area, block ** 2]),
  );
  const rows: number[] = [];
  for (let c = 0; c < ins; c++)
    for (let o = 0; o < outs; o++) for (const tap of taps) rows.push((o * ins + c) * area + tap);
  return graph.reshape(graph.gather(tiles, rows, 0), [inputs, outputs, kh, kw]);
}
