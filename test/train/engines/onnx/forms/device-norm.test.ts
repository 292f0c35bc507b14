import proto from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../../src/core/rng.js';
import { sizeOf } from '../../../../../src/core/shape.js';
import { Activation } from '../../../../../src/train/engines/onnx/activation.js';
import { devicePlanner, productPlanner } from '../../../../../src/train/engines/onnx/forms/device.js';
import { deviceNorm } from '../../../../../src/train/engines/onnx/forms/device-norm.js';
import { standardNorm } from '../../../../../src/train/engines/onnx/forms/standard-norm.js';
import { Graph } from '../../../../../src/train/engines/onnx/graph.js';
import { type Tensor, toTensor } from '../../../../../src/train/engines/onnx/library.js';
import { NetworkModel } from '../../../../../src/train/engines/onnx/model.js';
import type { NormForm, Planner } from '../../../../../src/train/engines/onnx/planner.js';
import { createSession } from '../../../../../src/train/engines/onnx/session.js';
import { moveStatistics } from '../../../../../src/train/engines/onnx/statistics.js';
import type { BatchNormLayer } from '../../../../../src/train/networks/description.js';
import { describeNetwork } from '../../../../../src/train/networks/index.js';
import { deviation } from './run-conv.js';

const shape = [3, 5, 6, 4];
const same = { inputs: ['input'], inputShape: shape.slice(1), outputShape: shape.slice(1) };
const layer: BatchNormLayer = { type: 'batchNorm', name: 'norm', ...same, epsilon: 1e-3, momentum: 0.1 };

/** The nodes of a model. */
const nodesOf = (bytes: Uint8Array) => proto.onnx.ModelProto.decode(bytes).graph!.node!;

/** Everything that a norm gives, on drawn inputs. */
async function outcome(form: NormForm, affine: boolean): Promise<Record<string, Float32Array>> {
  const graph = new Graph();
  const feeds: Record<string, Tensor> = {};
  const { uniform } = stream(5, 'device norm');
  const input = (name: string, dims: readonly number[]) => {
    feeds[name] = toTensor(
      Float32Array.from({ length: sizeOf(dims) }, () => 2 * uniform() - 0.3),
      dims,
    );
    return graph.input(name, dims);
  };
  const channels = [5];
  const x = Activation.of(input('x', shape));
  const dy = Activation.of(input('dy', shape));
  const tensors = new Map(
    ['norm.mean', 'norm.variance', 'gamma', 'beta'].map((name) => [name, input(name, channels)]),
  );
  const at = (name: string) => tensors.get(name)!;
  const scales = affine ? { gamma: at('gamma'), beta: at('beta') } : undefined;
  const result = form.train(graph, x, scales, at('norm.mean'));
  const { dx, gamma, beta } = result.backward(dy);
  const moved = moveStatistics(graph, [{ layer, count: 3 * 24, ...result }], at);
  for (const [name, value] of moved.next) graph.output(`next ${name}`, value);
  graph.output('drift', result.drift);
  graph.output('variance', result.variance);
  graph.output('y', result.output.value);
  graph.output('dx', dx.value);
  if (gamma && beta) for (const [name, v] of Object.entries({ gamma, beta })) graph.output(`d${name}`, v);
  const shifted = form.settled(graph, x, scales, result.variance, at('norm.mean'));
  graph.output('settled', shifted.value);
  const session = await createSession(graph.build(), 'cpu', 1);
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([k, v]) => [k, v.data as Float32Array]));
}

describe('batch norm for a device', () => {
  it.each([false, true])('is that of the standard form (affine: %s)', async (affine) => {
    const [ours, standard] = [
      await outcome(deviceNorm(layer), affine),
      await outcome(standardNorm(layer), affine),
    ];
    expect(Object.keys(ours)).toEqual(Object.keys(standard));
    for (const [name, values] of Object.entries(standard))
      expect(deviation(ours[name]!, values), name).toBeLessThan(2e-6);
  });

  it.each([
    [false, 5, 11],
    [true, 5, 15],
  ] as const)('takes few nodes (affine: %s): %i forward, %i with its gradients', (affine, forward, all) => {
    const count = (backward: boolean) => {
      const graph = new Graph();
      const channel = (name: string) => graph.input(name, [5]);
      const scales = affine ? { gamma: channel('gamma'), beta: channel('beta') } : undefined;
      const x = Activation.of(graph.input('x', shape));
      const result = deviceNorm(layer).train(graph, x, scales, channel('running'));
      graph.output('y', result.output.value);
      if (backward) {
        const { dx, gamma, beta } = result.backward(Activation.of(graph.input('dy', shape)));
        graph.output('dx', dx.value);
        if (gamma && beta)
          for (const [name, v] of Object.entries({ gamma, beta })) graph.output(`d${name}`, v);
      }
      return nodesOf(graph.build()).length;
    };
    expect([count(false), count(true)]).toEqual([forward, all]);
  });
});

it('a step of ResNet-18 takes as many nodes as docs/decisions.md says', () => {
  const network = describeNetwork({ network: 'resnet18' });
  const options = { mode: 'score', sparsity: 0.5, momentum: 0.9, weightDecay: 1e-4 } as const;
  const count = (planner: Planner) => nodesOf(NetworkModel.step(network, options, planner, 128).bytes).length;
  const before = (planner: Planner) => count({ ...planner, norm: standardNorm });
  expect([before(productPlanner), count(productPlanner)]).toEqual([1220, 906]);
  expect([before(devicePlanner), count(devicePlanner)]).toEqual([1368, 1037]);
});
