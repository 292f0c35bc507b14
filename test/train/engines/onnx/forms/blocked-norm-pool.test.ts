import { describe, expect, it } from 'vitest';
import { stream } from '../../../../../src/core/rng.js';
import { Activation, toLayout } from '../../../../../src/train/engines/onnx/activation.js';
import { blockedConv } from '../../../../../src/train/engines/onnx/forms/blocked-conv.js';
import { blockedNorm } from '../../../../../src/train/engines/onnx/forms/blocked-norm.js';
import { blockedPool } from '../../../../../src/train/engines/onnx/forms/blocked-pool.js';
import { dilatedGradient } from '../../../../../src/train/engines/onnx/forms/dilated-gradient.js';
import { machineBlock } from '../../../../../src/train/engines/onnx/forms/machine.js';
import { blockedFilter } from '../../../../../src/train/engines/onnx/forms/nchwc.js';
import { standardPlanner } from '../../../../../src/train/engines/onnx/forms/standard.js';
import { Graph, type Value } from '../../../../../src/train/engines/onnx/graph.js';
import { type Tensor, toTensor } from '../../../../../src/train/engines/onnx/library.js';
import type { NormForm, PoolForm } from '../../../../../src/train/engines/onnx/planner.js';
import { createSession } from '../../../../../src/train/engines/onnx/session.js';
import type { BatchNormLayer, MaxPoolLayer } from '../../../../../src/train/networks/description.js';
import { sizeOf } from '../../../../../src/train/networks/description.js';
import { convLayer, deviation } from './run-conv.js';

const block = await machineBlock();
const n = block ?? 16;
const target = { batch: 3, training: true };
const shape = [3, 2 * n, 6, 4];
const same = { inputs: ['input'], inputShape: shape.slice(1), outputShape: shape.slice(1) };
const normLayer: BatchNormLayer = { type: 'batchNorm', name: 'norm', ...same, epsilon: 1e-5, momentum: 0.1 };
const poolLayer: MaxPoolLayer = {
  type: 'maxPool',
  name: 'pool',
  ...same,
  outputShape: [2 * n, 3, 2],
  kernel: 2,
  stride: 2,
  padding: 0,
};

/** Runs what `emit` outputs, on inputs drawn by `draw`. */
async function run(
  emit: (graph: Graph, input: (name: string, dims: readonly number[]) => Value) => void,
  draw: (u: number) => number,
): Promise<Record<string, Float32Array>> {
  const graph = new Graph();
  const { uniform } = stream(3, 'norm and pool');
  const feeds: Record<string, Tensor> = {};
  emit(graph, (name, dims) => {
    const data = Float32Array.from({ length: sizeOf(dims) }, () => draw(uniform()));
    feeds[name] = toTensor(data, dims);
    return graph.input(name, dims);
  });
  const session = await createSession(graph.build(), 'cpu', 2);
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([k, v]) => [k, v.data as Float32Array]));
}

function norm(form: NormForm, affine: boolean) {
  const plain = (graph: Graph, name: string, x: Activation) =>
    graph.output(name, toLayout(graph, x, 'plain').value);
  return run(
    (graph, input) => {
      const x = Activation.of(input('x', shape));
      const residual = Activation.of(input('residual', shape));
      const channels = [shape[1]!];
      const scales = affine ? { gamma: input('gamma', channels), beta: input('beta', channels) } : undefined;
      const running = input('running', channels);
      const result = form.train(graph, x, scales, running);
      const again = form.train(graph, x, scales, running).output;
      const { dx, gamma, beta } = result.backward(Activation.of(input('dy', shape)));
      plain(graph, 'y', result.output);
      plain(graph, 'fused', again.plus(graph, toLayout(graph, residual, again.layout)).relu(graph));
      plain(graph, 'rectified', form.train(graph, x, scales, running).output.relu(graph));
      plain(graph, 'dx', dx);
      plain(graph, 'applied', form.settled(graph, x, scales, result.variance, result.drift));
      graph.output('drift', result.drift);
      graph.output('variance', result.variance);
      if (gamma && beta) for (const [name, v] of Object.entries({ gamma, beta })) graph.output(`d${name}`, v);
    },
    (u) => 2 * u - 0.7,
  );
}

/** Pools x, or the 1x1-like convolution of x that leaves it as it is and can be sampled. */
function pool(form: PoolForm, convolved: boolean) {
  const layer = convLayer([2 * n, 6, 4], 2 * n, 3);
  return run(
    (graph, input) => {
      const x = Activation.of(input('x', shape));
      const { shape: dims, order } = blockedFilter(layer, n);
      // Weight 1 from each channel to itself at the centre.
      const centre = (i: number) =>
        i % 9 === 4 && Math.floor(i / (9 * 2 * n)) === Math.floor(i / 9) % (2 * n) ? 1 : 0;
      const identity = graph.floats(Float32Array.from(order!, centre), dims);
      const conv = blockedConv(layer, { block: n, filterGradient: dilatedGradient(n, 3) });
      const source = convolved ? conv.forward(graph, x, identity, undefined) : x;
      const { output, backward } = form.forward(graph, source);
      graph.output('y', toLayout(graph, output, 'plain').value);
      const dx = backward(Activation.of(input('dy', [3, 2 * n, 3, 2])));
      graph.output('dx', toLayout(graph, dx, 'plain').value);
    },
    // Three values only: most windows have ties.
    (u) => Math.floor(3 * u) - 1,
  );
}

describe.skipIf(block === undefined)('blocked forms', () => {
  it.each([false, true])('normalize as the standard one does (affine: %s)', async (affine) => {
    const standard = await norm(standardPlanner.norm(normLayer, target), affine);
    const blocked = await norm(blockedNorm(normLayer, n, false), affine);
    expect(Object.keys(blocked)).toEqual(Object.keys(standard));
    for (const [name, values] of Object.entries(standard))
      expect(deviation(blocked[name]!, values), name).toBeLessThan(2e-6);
  });

  it.each([false, true])(
    'pool as the standard one does, ties included (from a convolution: %s)',
    async (convolved) => {
      const standard = await pool(standardPlanner.maxPool(poolLayer, target), false);
      const blocked = await pool(blockedPool(n), convolved);
      for (const [name, values] of Object.entries(standard)) expect(blocked[name], name).toEqual(values);
    },
  );
});
