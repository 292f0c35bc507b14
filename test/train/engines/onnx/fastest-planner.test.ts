import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/core/rng.js';
import type { Engine } from '../../../../src/train/engines/engine.js';
import { createOnnxEngine } from '../../../../src/train/engines/onnx/engine.js';
import { devicePlanner, productPlanner } from '../../../../src/train/engines/onnx/forms/device.js';
import { fastestPlanner, machineBlock } from '../../../../src/train/engines/onnx/forms/machine.js';
import { standardPlanner } from '../../../../src/train/engines/onnx/forms/standard.js';
import type { Planner } from '../../../../src/train/engines/onnx/planner.js';
import { type NetworkDescription, sizeOf, weightLayers } from '../../../../src/train/networks/description.js';
import { describeNetwork, type NetworkSpec } from '../../../../src/train/networks/index.js';
import type { TrainingMode } from '../../../../src/train/networks/tensors.js';
import { deviation } from './forms/run-conv.js';

const block = await machineBlock();

/** An engine with seeded weights, the same for every planner. */
async function seeded(network: NetworkDescription, mode: TrainingMode, planner: Planner): Promise<Engine> {
  const engine = await createOnnxEngine(network, {
    mode,
    momentum: 0.9,
    weightDecay: 5e-4,
    threads: 2,
    planner,
    ...(mode === 'score' ? { sparsity: 0.5 } : {}),
  });
  const { uniform } = stream(1, 'planner test');
  for (const { name, role, shape } of engine.tensors)
    if (role === 'weight' || role === 'score' || role === 'gamma' || role === 'beta') {
      const bound = Math.sqrt(6 / Math.max(1, sizeOf(shape.slice(1))));
      const offset = role === 'gamma' ? 1 : 0;
      const spread = shape.length === 1 ? 0.1 : bound;
      await engine.write(
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => offset + spread * (2 * uniform() - 1)),
      );
    }
  return engine;
}

function batchOf(network: NetworkDescription, n: number) {
  const { uniform } = stream(2, 'planner test batch');
  const images = Float32Array.from({ length: n * sizeOf(network.inputShape) }, () => 2 * uniform() - 1);
  const labels = Int32Array.from({ length: n }, () => Math.floor(network.classes * uniform()));
  return { images, labels };
}

async function compare(
  spec: NetworkSpec,
  mode: TrainingMode,
  batch: number,
  planner: Planner,
): Promise<void> {
  const network = describeNetwork(spec);
  const [fast, standard] = [
    await seeded(network, mode, planner),
    await seeded(network, mode, standardPlanner),
  ];
  const { images, labels } = batchOf(network, batch);
  for (let step = 0; step < 2; step++) {
    const [a, b] = [await fast.step(images, labels, 0.01), await standard.step(images, labels, 0.01)];
    expect(Math.abs(a.loss / b.loss - 1)).toBeLessThan(1e-4);
    expect(a.hits).toBe(b.hits);
  }
  // A near-tie that flips (ReLU at 0, pooling) moves a momentum more than a value. Fifty norms over eight values each carry a
  // rounding error far: images moved by 1e-7 move the standard forms' stem.score by 2e-3 in a resnet50.
  for (const { name, role } of standard.tensors)
    expect(deviation(await fast.read(name), await standard.read(name)), name).toBeLessThan(
      role === 'momentum' ? 5e-3 : spec.network === 'resnet50' ? 2e-3 : 1e-4,
    );
  // The evaluation on its own: from one state.
  for (const { name } of standard.tensors) await fast.write(name, await standard.read(name));
  const [a, b] = [await fast.evaluate(images, labels), await standard.evaluate(images, labels)];
  expect(deviation(a.logits, b.logits)).toBeLessThan(1e-5);
  await Promise.all([fast.release(), standard.release()]);
}

describe.skipIf(block === undefined)('the fastest formulations', () => {
  it.each([
    ['score', { network: 'conv6', width: 0.25 }, 16],
    ['sgd', { network: 'conv6', width: 0.25 }, 16],
    ['score', { network: 'resnet18', width: 0.25, imageSize: 16 }, 16],
    ['sgd', { network: 'resnet18', width: 0.25, imageSize: 16 }, 7],
    // Stages of 8, 16, 32 and 64 channels: the first falls back to the standard forms where the block is 16.
    ['score', { network: 'resnet18', width: 0.125 }, 6],
    ['score', { network: 'resnet50', width: 0.25, stem: 'imagenet', classes: 20 }, 8],
    ['score', { network: 'conv2', width: 0.3, channels: 1, imageSize: 28 }, 3],
  ] as const)('train (%s) as the standard ones do: %o, batch %i', async (mode, spec, batch) =>
    compare(spec, mode, batch, await fastestPlanner('cpu')),
  );

  it('give a layer whose channels do not fit the block the standard forms', async () => {
    const planner = await fastestPlanner('cpu');
    const names = (width: number) =>
      weightLayers(describeNetwork({ network: 'conv6', width })).flatMap((layer) =>
        layer.type === 'conv' ? [planner.conv(layer, { batch: 16, training: true }).name] : [],
      );
    expect(names(0.25).every((name) => name.startsWith('blocked'))).toBe(true);
    expect(names(0.3).some((name) => name.startsWith('blocked'))).toBe(false);
  });
});

describe.each([devicePlanner, productPlanner])('the formulations for a device: $name', (planner) => {
  // On the CPU, which runs any standard operator.
  it.each([
    ['score', { network: 'conv2', width: 0.25, imageSize: 16 }, 6],
    ['sgd', { network: 'resnet18', width: 0.0625, imageSize: 16 }, 7],
    ['score', { network: 'resnet50', width: 0.0625, imageSize: 16, classes: 20 }, 8],
  ] as const)('train (%s) as the standard ones do: %o, batch %i', (mode, spec, batch) =>
    compare(spec, mode, batch, planner),
  );
});

it('providers with a device of their own have formulations for it', async () => {
  expect(await fastestPlanner('webgpu')).toBe(devicePlanner);
  expect(await fastestPlanner('cuda')).toBe(productPlanner);
});
