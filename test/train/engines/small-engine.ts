import { createHash } from 'node:crypto';
import { stream } from '../../../src/core/rng.js';
import type { Engine } from '../../../src/train/engines/engine.js';
import { createOnnxEngine, type OnnxOptions } from '../../../src/train/engines/onnx/engine.js';
import { machineBlock } from '../../../src/train/engines/onnx/forms/machine.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { type NetworkDescription, sizeOf } from '../../../src/train/networks/description.js';
import { describeNetwork } from '../../../src/train/networks/index.js';
import { draw } from '../../../src/train/prune/distributions.js';
import { initialState } from '../../../src/train/prune/initial.js';
import { afterEach } from './laws/harness.js';

// 16 channels and more: the blocked forms take them where the machine has them.
export const network = describeNetwork({ network: 'resnet18', width: 0.25, imageSize: 8 });

/** Fewer layers, of the same names and with norms on planes of one value too: hardware that takes long to build a graph builds it soon. */
const light = new NetworkBuilder('light', [3, 8, 8]);
for (const layer of ['stem', 'stage2.block1.conv1', 'narrow']) {
  light.conv(layer, 16, { kernel: 3, stride: 2, padding: 1 });
  light.batchNorm(`${layer}.norm`);
  light.relu(`${layer}.relu`);
}
light.avgPool('pool');
light.dense('head', 10);
export const lightNetwork = light.build();

export const options: OnnxOptions = { mode: 'score', sparsity: 0.6, momentum: 0.9, weightDecay: 5e-4 };
export const block = await machineBlock();
export const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.release();
});

/** Makes an engine of some kind. */
export type Create = (network: NetworkDescription, options: OnnxOptions) => Promise<Engine>;

export async function engineOf(
  changes: Partial<OnnxOptions> = {},
  net: NetworkDescription = network,
  create: Create = createOnnxEngine,
): Promise<Engine> {
  const engine = await create(net, { ...options, ...changes });
  for (const [name, values] of initialState(net, engine.options.mode, { weights: 'sc', seed: 1 }))
    await engine.write(name, values);
  engines.push(engine);
  return engine;
}

export function batchOf(size: number, seed: number, net: NetworkDescription = network) {
  const { uint32 } = stream(seed, 'labels');
  return {
    images: draw('kn', 2, size * sizeOf(net.inputShape), stream(seed, 'images')),
    labels: Array.from({ length: size }, () => uint32() % net.classes),
  };
}

export async function run(engine: Engine, sizes: readonly number[], from = 0): Promise<number[]> {
  const losses: number[] = [];
  for (const [i, size] of sizes.entries()) {
    const { images, labels } = batchOf(size, from + i);
    losses.push((await engine.step(images, labels, 0.1)).loss);
  }
  return losses;
}

/** The whole state, by tensor. */
export async function stateOf(engine: Engine): Promise<Map<string, Float32Array>> {
  const state = new Map<string, Float32Array>();
  for (const { name } of engine.tensors) state.set(name, await engine.read(name));
  return state;
}
export const hash = (values: Float32Array) =>
  createHash('sha256').update(Buffer.from(values.buffer)).digest('hex');
/** Hashes of the state: comparing arrays of this size value by value takes seconds. */
export const hashes = (state: ReadonlyMap<string, Float32Array>) =>
  [...state].map(([name, values]) => `${name} ${hash(values)}`);
