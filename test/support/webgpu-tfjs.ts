// Holds tfjs's WebGPU backend against the host, and prints what it found as JSON; a process of its own, since a live GPU device may take
// the process that ends early down with it.
import { stream } from '../../src/core/rng.js';
import { openDevice } from '../../src/train/engines/tfjs/device.js';
import { createTfjsEngine } from '../../src/train/engines/tfjs/engine.js';
import { selectThresholds } from '../../src/train/engines/tfjs/thresholds.js';
import { draw } from '../../src/train/prune/distributions.js';
import { initialState } from '../../src/train/prune/initial.js';
import { edgePopupRule } from '../../src/train/prune/rules/edge-popup.js';
import { thresholdsOf } from '../../src/train/prune/thresholds.js';
import { network } from './webgpu-network.js';

const device = await openDevice('webgpu');
const { tf, select } = device;
const { selection } = edgePopupRule;
if (selection.kind !== 'top') throw new Error('edge-popup keeps the top');

// Thresholds, to the bit: both signs, ties, one value, more values than one round of threads takes.
let wrongThresholds = 0;
const layers = [1, 255, 40_000, 300_000].map((n, i) =>
  draw('kn', 1, n, stream(i, 'scores')).map((v, k) => (k % 5 === 0 ? Math.round(v) : v)),
);
for (const scope of ['layer', 'global'] as const)
  for (const sparsity of [0, 0.1, 0.5, 0.999]) {
    const keys = layers.map((s) => tf.tensor(s, [s.length], 'float32'));
    const found = await selectThresholds(tf, select, scope, sparsity, keys);
    // Zeros of either sign keep the same weights.
    for (const [i, expected] of thresholdsOf(selection, scope, sparsity, layers).entries())
      if ((await found[i]!.data())[0] !== expected) wrongThresholds++;
    tf.dispose(found);
  }

// Steps at once and one by one, and a chunk that fails.
const make = async () => {
  const engine = await createTfjsEngine(network, {
    mode: 'score',
    sparsity: 0.5,
    momentum: 0.9,
    weightDecay: 1e-4,
    backend: 'webgpu',
  });
  for (const [name, values] of initialState(network, 'score', { weights: 'ku', seed: 1 }))
    await engine.write(name, values);
  return engine;
};
const [one, many] = [await make(), await make()];
const batches = Array.from({ length: 3 }, (_, i) => ({
  images: draw('uniform', 1, 4 * 192, stream(i, 'images')),
  labels: [0, 1, 2, 3],
}));
const losses: number[] = [];
for (const { images, labels } of batches) losses.push((await one.step(images, labels, 0.1)).loss);
const together = (await many.chunks!.run(batches, 0.1)).map(({ loss }) => loss);
const before = await many.read('second.score');
const broken = batches.with(1, { ...batches[1]!, images: new Float32Array(4 * 192).fill(Number.NaN) });
const failure = await many.chunks!.run(broken, 0.1).catch((error: Error) => error.name);
const after = await many.read('second.score');
await many.write('second.score.momentum', (await many.read('second.score.momentum')).fill(3e38));
const overflow = await many.step(batches[0]!.images, [0, 1, 2, 3], 10).catch((error: Error) => error.message);
const { numTensors } = tf.memory();
for (const { images, labels } of batches) await one.step(images, labels, 0.1);
const left = tf.memory().numTensors - numTensors;
await one.release();
await many.release();
const { hardware, software } = device;
await device.release();
process.stdout.write(
  `${JSON.stringify({
    hardware,
    software,
    wrongThresholds,
    losses,
    together,
    failure,
    untouched: before.every((v, i) => Object.is(v, after[i])),
    overflow,
    left,
  })}\n`,
);
