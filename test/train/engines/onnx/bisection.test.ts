import { expect, test } from 'vitest';
import { stream } from '../../../../src/core/rng.js';
import { bisected } from '../../../../src/train/engines/onnx/bisection.js';
import { Graph } from '../../../../src/train/engines/onnx/graph.js';
import { toTensor } from '../../../../src/train/engines/onnx/library.js';
import { createSession } from '../../../../src/train/engines/onnx/session.js';

/** Bisection on the CPU: what it selects, and whether it says that it found it. */
async function select(vectors: readonly Float32Array[], ranks: readonly number[]) {
  const graph = new Graph();
  const inputs = vectors.map((v, i) => graph.input(`v${i}`, [v.length]));
  const { thresholds, found } = bisected(graph, inputs, ranks);
  graph.output('thresholds', thresholds);
  graph.output('found', found);
  const session = await createSession(graph.build(), 'cpu', 1);
  const feeds = Object.fromEntries(vectors.map((v, i) => [`v${i}`, toTensor(v, [v.length])]));
  const result = await session.run(feeds);
  await session.release();
  return {
    thresholds: [...(result.thresholds!.data as Float32Array)],
    found: [...(result.found!.data as Float32Array)],
  };
}

const sorted = (v: Float32Array, k: number) => v.slice().sort()[k - 1]!;
const draws = (name: string, n: number, of: (u: number) => number) => {
  const { uniform } = stream(1, 'bisection', name);
  return Float32Array.from({ length: n }, () => of(uniform()));
};

test('the k-th smallest, for any rank, of values of any sign, spread and ties', async () => {
  const vectors = [
    draws('plain', 1000, (u) => 2 * u - 1),
    draws('positive', 37, (u) => u),
    draws('negative', 38, (u) => -1e-6 * u),
    draws('spread', 500, (u) => Math.sign(u - 0.5) * 10 ** (6 * u - 3)),
    draws('ties', 400, (u) => Math.round(4 * u) / 4),
    draws('zeros', 50, (u) => (u < 0.7 ? 0 : u)),
    new Float32Array(9).fill(-0.25),
    Float32Array.of(3),
    Float32Array.of(1, 2),
  ];
  for (const share of [0, 0.01, 0.3, 0.5, 0.73, 0.999, 1]) {
    const ranks = vectors.map(({ length }) => 1 + Math.round(share * (length - 1)));
    const { thresholds, found } = await select(vectors, ranks);
    expect(found).toEqual(vectors.map(() => 1));
    expect(thresholds).toEqual(vectors.map((v, i) => sorted(v, ranks[i]!)));
  }
});

test('where many values lie closer together than it resolves, it says so, for that vector alone', async () => {
  const close = draws('close', 200, (u) => 1e-6 * u);
  close[7] = 1e4;
  const other = draws('other', 100, (u) => u);
  const { thresholds, found } = await select([close, other], [100, 50]);
  expect(found).toEqual([0, 1]);
  expect(thresholds[1]).toBe(sorted(other, 50));
});
