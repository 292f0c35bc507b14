import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget } from '../../../src/theory/problem/target.js';
import { constructionFor } from '../../../src/theory/search/construction.js';
import {
  drawNetwork,
  forwardNetwork,
  forwardSubnetwork,
  MOST_SAMPLES,
  type RandomNetwork,
  type Subnetwork,
} from '../../../src/theory/search/network.js';
import { searchNetwork } from '../../../src/theory/search/search.js';

const small = (widths: readonly number[], R: number) =>
  constructionFor({ widths, epsilon: 1, delta: 0.5, resamplings: R }, boundByName('corrected'), uniform(1), {
    hidden: widths.slice(1).map((_, k) => 6 * widths[k]!),
    tolerance: 0.9,
  });

const cases = fc.record({
  widths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
  R: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(1e6),
});

test('g of a batch equals the naive loop at each entry’s first sample', () => {
  fc.assert(
    fc.property(cases, ({ widths, R, seed }) => {
      const network = drawNetwork(small(widths, R), seed, 0);
      const { shape, samples } = network;
      const x = Float64Array.from({ length: shape[0]! }, (_, i) => Math.sin(i + seed));
      let z = [...x];
      for (let m = 0; m + 1 < shape.length; m++) {
        const y = Array.from({ length: shape[m + 1]! }, (_, r) =>
          z.reduce((sum, value, c) => sum + samples[m]![(r * shape[m]! + c) * R]! * value, 0),
        );
        z = m + 2 < shape.length ? y.map((v) => Math.max(0, v)) : y;
      }
      forwardNetwork(network, x).forEach((v, k) => {
        expect(v).toBeCloseTo(z[k]!, 9);
      });
    }),
  );
});

/** Network and subnetwork with the hidden neurons of layer i renamed: rows of G_{2i-1} and columns of G_{2i} move together. */
function permute(
  network: RandomNetwork,
  kept: Subnetwork,
  i: number,
  to: readonly number[],
): [RandomNetwork, Subnetwork] {
  const { shape, resamplings: R } = network;
  const [m, next] = [2 * i, 2 * i + 1];
  const place = (matrix: number, row: number, column: number) =>
    matrix === m
      ? to[row]! * shape[m]! + column
      : matrix === next
        ? row * shape[next]! + to[column]!
        : row * shape[matrix]! + column;
  const moved = <A extends Float64Array | Uint8Array | Uint32Array>(
    source: A,
    matrix: number,
    each: number,
  ): A => {
    const out = source.slice() as A;
    for (let row = 0; row < shape[matrix + 1]!; row++)
      for (let column = 0; column < shape[matrix]!; column++)
        for (let r = 0; r < each; r++)
          out[place(matrix, row, column) * each + r] = source[(row * shape[matrix]! + column) * each + r]!;
    return out;
  };
  return [
    { ...network, samples: network.samples.map((s, matrix) => moved(s, matrix, R)) },
    {
      masks: kept.masks.map((s, matrix) => moved(s, matrix, 1)),
      sampleIndices: kept.sampleIndices.map((s, matrix) => moved(s, matrix, 1)),
    },
  ];
}

test('a permutation of hidden neurons changes nothing', () => {
  fc.assert(
    fc.property(
      cases.chain((c) => {
        const construction = small(c.widths, c.R);
        const layer = c.seed % (c.widths.length - 1);
        const D = 6 * c.widths[layer]!;
        const order = fc.shuffledSubarray([...Array(D).keys()], { minLength: D });
        return fc.record({
          c: fc.constant(c),
          construction: fc.constant(construction),
          layer: fc.constant(layer),
          order,
        });
      }),
      ({ c: { widths, seed }, construction, layer, order }) => {
        const target = makeTarget('gaussian', widths, seed);
        const network = drawNetwork(construction, seed, 0);
        const { subnetwork } = searchNetwork(construction, target, network);
        const [permuted, keptThere] = permute(network, subnetwork, layer, order);
        const x = Float64Array.from({ length: 2 * widths[0]! }, (_, i) => Math.cos(i + seed));
        const [a, b] = [forwardSubnetwork(network, subnetwork, x), forwardSubnetwork(permuted, keptThere, x)];
        a.forEach((v, k) => {
          expect(b[k]).toBeCloseTo(v, 12);
        });
      },
    ),
  );
});

test('a network too large to draw is refused before memory is taken', () => {
  const construction = constructionFor(
    { widths: [784, 300, 100, 10], epsilon: 0.1, delta: 0.01, resamplings: 1 },
    boundByName('paper'),
    uniform(1),
  );
  expect(() => drawNetwork(construction, 1, 0)).toThrow(new RegExp(`${MOST_SAMPLES}.*outcome`));
});
