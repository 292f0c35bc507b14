import { existsSync, readFileSync } from 'node:fs';
import { all, create } from 'mathjs';
import { expect, test } from 'vitest';
import { forwardTarget, makeTarget, type Target } from '../../../../src/theory/problem/target.js';
import { decodeTarget } from '../../../../src/theory/problem/target-file.js';
import { CHUNK, drawEdge, type EdgeSettings } from '../../../../src/theory/search/edges/edges.js';
import {
  type EdgeNetwork,
  forwardEdges,
  leastEdges,
  searchEdges,
  summarizeEdges,
} from '../../../../src/theory/search/edges/network.js';
import { forwardSubnetwork } from '../../../../src/theory/search/network.js';

const one = { workers: 1 };
const settings = (resamplings: number, tolerance = 0.01): EdgeSettings => ({
  ...{ resamplings, tolerance, low: -0.464, high: 0.541, seed: 1 },
});
/** Weights up to about 0.5, as trained networks have them. */
const target = ((): Target => {
  const { widths, matrices } = makeTarget('gaussian', [5, 4, 3], 2);
  return { widths, matrices: matrices.map((matrix) => matrix.map((w) => w / 2)) };
})();

/** The kept samples of each weight of a layer, by place: edge R + index. */
function keptOf({ layers }: EdgeNetwork, layer: number): number[][] {
  const { weight, sample, errors } = layers[layer]!;
  const kept: number[][] = Array.from(errors, () => []);
  for (const [i, w] of weight.entries()) kept[w]!.push(sample[i]!);
  return kept;
}

test.each([1, 3])(
  'R = %d: the kept samples are real ones, one an edge, and add up to their weight in 64 digits',
  async (R) => {
    const { bignumber } = create(all!, { number: 'BigNumber', precision: 64 });
    const edges = R === 1 ? 21 : 9;
    const network = await searchEdges(settings(R), target, edges, one);
    for (const [layer, matrix] of target.matrices.entries()) {
      const drawn = Array.from({ length: edges }, (_, edge) =>
        drawEdge(settings(R), layer, 0, edge, matrix.length),
      );
      for (const [w, codes] of keptOf(network, layer).entries()) {
        const used = codes.map((code) => Math.floor(code / R));
        expect(new Set(used).size).toBe(used.length);
        const sum = codes.reduce(
          (total, code, i) => total.plus(bignumber(drawn[used[i]!]![w * R + (code % R)]!)),
          bignumber(0),
        );
        const error = sum.minus(bignumber(matrix[w]!)).abs();
        const claimed = network.layers[layer]!.errors[w]!;
        expect(error.lte(bignumber(claimed))).toBe(true);
        expect(claimed).toBeLessThanOrEqual(0.01);
        expect(claimed - error.toNumber()).toBeLessThan(1e-13);
      }
    }
    const { kept, largestError, unserved, members, edges: all_ } = summarizeEdges(network);
    expect({ unserved, all_ }).toEqual({ unserved: 0, all_: edges * 32 });
    expect(largestError).toBeLessThanOrEqual(0.01);
    expect(members.reduce((sum, count) => sum + count, 0)).toBe(32);
    expect(members.reduce((sum, count, size) => sum + size * count, 0)).toBe(kept);
  },
);

test('forward through the wide network, samples and copies spelled out, gives the same', async () => {
  const R = 2;
  const edges = 8;
  const network = await searchEdges(settings(R), target, edges, one);
  const { widths } = target;
  const shape = widths.flatMap((d, k) => (k + 1 < widths.length ? [d, d * edges] : [d]));
  // Matrix 2k copies each unit, matrix 2k+1 holds the random edges: from copy (j, edge), number j n + edge, to unit i.
  const samples: Float64Array[] = [];
  const masks: Uint8Array[] = [];
  const sampleIndices: Uint32Array[] = [];
  for (const [layer, matrix] of target.matrices.entries()) {
    const [inputs, outputs] = [widths[layer]!, widths[layer + 1]!];
    const copies = inputs * edges;
    const copyMask = Uint8Array.from({ length: copies * inputs }, (_, e) =>
      Math.floor(e / inputs / edges) === e % inputs ? 1 : 0,
    );
    samples.push(new Float64Array(copies * inputs * R).fill(1));
    masks.push(copyMask);
    sampleIndices.push(new Uint32Array(copies * inputs));
    const random = new Float64Array(outputs * copies * R);
    const mask = new Uint8Array(outputs * copies);
    const index = new Uint32Array(outputs * copies);
    const kept = keptOf(network, layer);
    for (let edge = 0; edge < edges; edge++) {
      const drawn = drawEdge(settings(R), layer, 0, edge, matrix.length);
      for (let w = 0; w < matrix.length; w++) {
        const entry = Math.floor(w / inputs) * copies + (w % inputs) * edges + edge;
        for (let r = 0; r < R; r++) random[entry * R + r] = drawn[w * R + r]!;
        const code = kept[w]!.find((c) => Math.floor(c / R) === edge);
        if (code !== undefined) {
          mask[entry] = 1;
          index[entry] = code % R;
        }
      }
    }
    samples.push(random);
    masks.push(mask);
    sampleIndices.push(index);
  }
  const inputs = Float64Array.from({ length: 5 * 7 }, (_, i) => (i % 3 === 0 ? 0 : (i % 11) / 11));
  const wide = forwardSubnetwork({ shape, resamplings: R, samples }, { masks, sampleIndices }, inputs);
  const own = forwardEdges(network, inputs);
  const exact = forwardTarget(target, inputs);
  expect(wide).toHaveLength(7 * 3);
  for (const [i, value] of own.entries()) {
    expect(Math.abs(value - wide[i]!)).toBeLessThan(1e-14);
    expect(Math.abs(value - exact[i]!)).toBeLessThan(0.2);
  }
});

test('the least number of edges is the least for which some choice is within t, and nested draws keep it', async () => {
  for (const R of [1, 2, 8]) {
    const least = await leastEdges(settings(R), target, 30, one);
    expect(least.unserved).toBe(0);
    // With n edges exactly those weights are left that need more.
    let served = 0;
    for (const [n, count] of least.counts.entries()) {
      served += count;
      if (n > 0) {
        const { unserved, largestUnserved } = summarizeEdges(await searchEdges(settings(R), target, n, one));
        expect(unserved).toBe(32 - served);
        expect(largestUnserved > 0.01).toBe(unserved > 0);
      }
    }
    expect(served).toBe(32);
  }
});

test('weights out of reach are counted at once, and the nearest is kept for them', async () => {
  const far: Target = { widths: [2, 1], matrices: [Float64Array.of(50, -40)] };
  expect(await leastEdges(settings(1), far, 40, one)).toEqual({ counts: [], unserved: 2 });
  const network = await searchEdges(settings(1), far, 12, one);
  expect(summarizeEdges(network)).toMatchObject({ unserved: 2, largestError: 0 });
  const [top, bottom] = [1, -1].map((sign, w) =>
    Array.from({ length: 12 }, (_, edge) => drawEdge(settings(1), 0, 0, edge, 2)[w]!)
      .filter((v) => sign * v > 0)
      .reduce((a, b) => a + b),
  );
  expect(network.layers[0]!.errors[0]).toBeCloseTo(50 - top!, 9);
  expect(network.layers[0]!.errors[1]).toBeCloseTo(40 + bottom!, 9);
});

test('chunks are searched apart and put together in the order of the weights', async () => {
  const matrix = Float64Array.from({ length: 2 * CHUNK + 10 }, (_, i) => Math.sin(i) / 4);
  const large: Target = { widths: [matrix.length, 1], matrices: [matrix] };
  const network = await searchEdges(settings(2), large, 10, one);
  const { weight, errors } = network.layers[0]!;
  expect(errors).toHaveLength(matrix.length);
  expect([...weight]).toEqual([...weight].sort((a, b) => a - b));
  const units = matrix.length;
  for (const w of [0, CHUNK - 1, CHUNK, units - 1]) {
    const input = new Float64Array(units);
    input[w] = 1;
    expect(Math.abs(forwardEdges(network, input)[0]! - matrix[w]!)).toBeLessThanOrEqual(errors[w]!);
  }
});

const published = '/work/shared/data/fc2-mnist.safetensors';
if (!existsSync(published)) console.warn(`skipped: the network of Pensia et al., ${published}, is not there`);
test.skipIf(!existsSync(published))(
  'the network of Pensia et al.: far fewer weights are kept than their 9.39',
  async () => {
    const { widths, matrices } = decodeTarget(readFileSync(published), published);
    // The second layer, whose largest and least weight are the ends of their distribution.
    const layer: Target = { widths: widths.slice(1), matrices: matrices.slice(1) };
    expect(Math.min(...layer.matrices[0]!)).toBeCloseTo(-0.464, 3);
    expect(Math.max(...layer.matrices[0]!)).toBeCloseTo(0.541, 3);
    const found = summarizeEdges(await searchEdges(settings(1), layer, 21, one));
    expect(found.unserved).toBe(0);
    expect(found.largestError).toBeLessThanOrEqual(0.01);
    expect(found.keptPerWeight).toBeLessThan(2);
  },
);
