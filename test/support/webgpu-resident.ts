// Prints, as JSON, what an engine with its state on a WebGPU device does; a process of its own, since a live GPU device may take the
// process that ends early down with it.
import { stream } from '../../src/core/rng.js';
import { NonFiniteLossError } from '../../src/train/engines/engine.js';
import { DeviceState } from '../../src/train/engines/onnx/device-state.js';
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.js';
import { DeviceThresholds } from '../../src/train/engines/onnx/thresholds.js';
import { sizeOf } from '../../src/train/networks/description.js';
import { describeNetwork } from '../../src/train/networks/index.js';
import { makeRule } from '../../src/train/prune/rules/index.js';
import type { TopSelection } from '../../src/train/prune/rules/rule.js';
import { thresholdsOf } from '../../src/train/prune/thresholds.js';

const draw = (name: string, size: number) => {
  const { uniform } = stream(1, 'resident', name);
  return Float32Array.from({ length: size }, () => 2 * uniform() - 1);
};

/** Thresholds on the device that are not the host's bit for bit. */
async function differingThresholds(): Promise<string[]> {
  const found: string[] = [];
  const shapes = { a: [16, 3, 3, 3], b: [100, 37], c: [1, 2], d: [8, 8] };
  const state = await DeviceState.open(
    Object.entries(shapes).map(([layer, shape]) => ({
      ...{ name: `${layer}.score`, layer, role: 'score' as const, shape, trained: true },
    })),
    new Map(Object.entries(shapes).map(([layer, shape]) => [`${layer}.score`, { shape }])),
    'webgpu',
  );
  const layers = Object.keys(shapes);
  const scores = layers.map((layer) => draw(layer, sizeOf(shapes[layer as keyof typeof shapes])));
  // A layer of ties, and one that a threshold of all would empty.
  scores[3]!.fill(0.25);
  scores[2]!.fill(1e-3);
  // Bisection cannot tell these apart beside a score of 1e4.
  scores[1] = scores[1]!.map((v, i) => (i === 5 ? 1e4 : 1e-6 * v));
  for (const [i, layer] of layers.entries()) await state.write(`${layer}.score`, scores[i]!);
  for (const name of ['edge-popup', 'biprop'])
    for (const scope of ['layer', 'global'] as const) {
      const selection = makeRule(name).selection as TopSelection;
      const device = new DeviceThresholds(selection, scope, layers, state, 'webgpu');
      for (const sparsity of [0, 0.3, 0.5, 0.97]) {
        const tensor = await device.select(sparsity);
        const theirs = await state.copies.download(tensor);
        tensor.dispose();
        const ours = thresholdsOf(selection, scope, sparsity, scores);
        if (theirs.join() !== ours.join())
          found.push(`${name} ${scope} ${sparsity}: ${theirs.join()} against ${ours.join()}`);
      }
      await device.release();
    }
  await state.release();
  return found;
}

/** A step whose scores overflow: the error's reason, and whether the state is as before and trains on. */
async function overflowingStep() {
  const network = describeNetwork({ network: 'conv2', width: 0.0625 });
  const engine = await createOnnxEngine(network, {
    ...{ mode: 'score', sparsity: 0.5, momentum: 0.9, weightDecay: 0, provider: 'webgpu' },
  });
  for (const { name, role, shape } of engine.tensors)
    if (role === 'weight' || role === 'score') await engine.write(name, draw(name, sizeOf(shape)));
  const images = draw('images', 4 * sizeOf(network.inputShape));
  const labels = [0, 1, 2, 3];
  const read = async () => {
    const all: string[] = [];
    for (const { name } of engine.tensors) all.push((await engine.read(name)).join());
    return all.join(';');
  };
  await engine.step(images, labels, 0.1);
  const before = await read();
  let reason = '';
  try {
    await engine.step(images, labels, 1e38);
    await engine.step(images, labels, 1e38);
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    reason = error.reason;
  }
  const kept = (await read()) === before;
  const { loss } = await engine.step(images, labels, 0.1);
  await engine.release();
  return { reason, kept, finite: Number.isFinite(loss), steps: engine.steps };
}

process.stdout.write(
  JSON.stringify({ thresholds: await differingThresholds(), overflow: await overflowingStep() }),
);
