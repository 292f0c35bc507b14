import type { ConvLayer } from '../../../networks/description.js';
import { Activation } from '../activation.js';
import type { Graph, Value } from '../graph.js';
import { batchCorrelation } from './batch-blocked-gradient.js';
import type { FilterGradient } from './filter-gradient.js';
import { type Block, type NchwcConvOptions, nchwcConv } from './nchwc.js';

/** Another way to compute a 3x3 convolution of stride 1 and padding 1 on blocked activations. */
export interface Convolver {
  readonly name: string;
  /** @param filter [O, C, 3, 3], lying as a blocked filter */
  convolve(
    graph: Graph,
    x: Value,
    filter: Value,
    options: Pick<NchwcConvOptions, 'bias' | 'sum' | 'relu'>,
  ): Value;
}

/*
 * Winograd's F(4, 3) along the rows (Lavin and Gray 2016, the matrices of Section 4.3), directly along the columns: four output
 * rows from six products instead of twelve, y = A^T [(G w) . (B^T x)].
 */

/** Row j of B^T: weights of the rows 4t - 1 + offset, offset + step, ... of x. */
const INPUT_ROWS = [
  { offset: 0, step: 2, weights: [4, -5, 1] },
  { offset: 1, step: 1, weights: [-4, -4, 1, 1] },
  { offset: 1, step: 1, weights: [4, -4, -1, 1] },
  { offset: 1, step: 1, weights: [-2, -1, 2, 1] },
  { offset: 1, step: 1, weights: [2, -1, -2, 1] },
  { offset: 1, step: 2, weights: [4, -5, 1] },
] as const;

/** G, [6][3]. */
const FILTER_ROWS = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
] as const;

/** Row j of A, without its zeros: row j of the transformed gradient from rows 4t, 4t + 1, ... of dy. */
const OUTPUT_ROWS = [[1], [1, 1, 1, 1], [1, -1, 1, -1], [1, 2, 4, 8], [1, -2, 4, -8], [0, 0, 0, 1]] as const;

/** Winograd's convolution along the rows; the height must be a multiple of 4. */
export function winogradRows(block: Block): Convolver {
  return {
    name: 'winograd',
    convolve(graph, x, filter, { bias, sum, relu = false }) {
      const [batch, , height, width] = x.shape as [number, number, number, number];
      const channels = filter.shape[0]!;
      const inputs = transformInput(graph, x, block);
      const filters = transformFilter(graph, filter, block);
      const product = (j: number, options: NchwcConvOptions = {}) =>
        nchwcConv(graph, inputs[j]!, filters[j]!, { pads: [0, 1, 0, 1], label: `winograd${j}`, ...options });
      const rectify = (v: Value) => (relu && sum === undefined ? graph.unary('Relu', v) : v);
      const inProduct = { relu: relu && sum === undefined };

      // The bias enters all four rows through the first product alone.
      const [m1, m2] = [product(1, { bias }), product(2)];
      const [even, odd] = [graph.add(m1, m2), graph.sub(m1, m2)];
      const [m3, m4] = [product(3), product(4)];
      const [evenTwice, oddTwice] = [graph.add(m3, m4), graph.sub(m3, m4)];
      const rows = [
        product(0, { sum: graph.add(even, graph.scale(evenTwice, 0.5)), ...inProduct }),
        rectify(graph.add(odd, oddTwice)),
        rectify(graph.add(even, graph.scale(evenTwice, 2))),
        product(5, { sum: graph.add(odd, graph.scale(oddTwice, 4)), ...inProduct }),
      ];
      const line = [batch * (channels / block) * (height / 4), 1, width * block];
      const whole = graph.reshape(
        graph.concat(
          rows.map((row) => graph.reshape(row, line)),
          1,
        ),
        [batch, channels, height, width],
      );
      if (sum === undefined) return whole;
      const total = graph.add(whole, sum);
      return relu ? graph.unary('Relu', total) : total;
    },
  };
}

/**
 * The filter gradient by the same transform: dw = G^T [(A dy) . (B^T x)], one batch-blocked correlation of 1x3 taps for each of
 * the six rows. The transformed input is the forward pass's.
 */
export function winogradGradient(block: Block, perGroup: number): FilterGradient {
  return {
    name: `winograd by ${perGroup}`,
    emit(graph, layer: ConvLayer, x, dy) {
      const [inputs, outputs] = [layer.inputShape[0]! / block, layer.outputShape[0]! / block];
      const images = transformInput(graph, x.value, block);
      const filters = OUTPUT_ROWS.map((weights, j) =>
        rowFilter(graph, dy.value, block, { weights, label: `winogradGradient${j}` }),
      );
      const points = images.map((image, j) =>
        graph.reshape(
          batchCorrelation(graph, block, Activation.of(image, x.layout), filters[j]!, {
            kernel: [1, 3],
            stride: 1,
            margin: [0, 1],
            perGroup,
          }),
          [inputs, 1, outputs * 3 * block ** 2],
        ),
      );
      const transposed = [0, 1, 2].flatMap((row) => FILTER_ROWS.map((weights) => weights[row]!));
      const rows = graph.matmul(graph.floats(transposed, [3, 6]), graph.concat(points, 1));
      const tiles = graph.reshape(rows, [inputs, 3, outputs, 3 * block ** 2]);
      return graph.reshape(graph.transpose(tiles, [2, 0, 1, 3], 'orderTiles'), [
        outputs,
        inputs,
        9,
        block,
        block,
      ]);
    },
  };
}

/** B^T x: six tensors [B, C, H/4, W]. */
function transformInput(graph: Graph, x: Value, block: Block): readonly Value[] {
  return graph.memo(`${x.name}>winograd`, () =>
    INPUT_ROWS.map(({ offset, step, weights }, j) => {
      const last = offset + step * (weights.length - 1);
      return rowFilter(graph, x, block, {
        weights,
        step,
        pads: [1 - offset, Math.max(0, last - 4)],
        label: `winogradInput${j}`,
      });
    }),
  );
}

/** G w: six filters [O, C, 1, 3]; the fourth and fifth are doubled, which saves a multiplication of the larger products. */
function transformFilter(graph: Graph, filter: Value, block: Block): readonly Value[] {
  const [outputs, inputs] = filter.shape as [number, number];
  const rows = graph.reshape(filter, [(outputs / block) * (inputs / block), 3, 3 * block ** 2]);
  return FILTER_ROWS.map((weights, j) => {
    const factors = j === 3 || j === 4 ? weights.map((w) => 2 * w) : [...weights];
    return graph.reshape(graph.matmul(graph.floats(factors, [1, 3]), rows, `winogradFilter${j}`), [
      outputs,
      inputs,
      1,
      3,
    ]);
  });
}

/** Every fourth row of the correlation of x's rows with `weights`, `step` rows apart, in every channel. */
function rowFilter(
  graph: Graph,
  x: Value,
  block: Block,
  {
    weights,
    step = 1,
    pads: [top, bottom] = [0, 0],
    label,
  }: { weights: readonly number[]; step?: number; pads?: readonly [number, number]; label: string },
): Value {
  const channels = x.shape[1]!;
  const filter = Array.from({ length: channels / block }, () =>
    weights.flatMap((w) => new Array<number>(block).fill(w)),
  ).flat();
  return nchwcConv(graph, x, graph.floats(filter, [channels, 1, weights.length, 1]), {
    strides: [4, 1],
    dilations: [step, 1],
    pads: [top, 0, bottom, 0],
    group: channels,
    label,
  });
}
