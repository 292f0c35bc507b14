/*
 * iterand's side of bench/train-step.ts: `train-step-worker.ts NETWORK WIDTH BATCH THREADS PLAN`, a participant (participant.ts).
 */
import { createInterface } from 'node:readline';
import { stream } from '../../src/core/rng.js';
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.js';
import { fastestPlanner } from '../../src/train/engines/onnx/forms/machine.js';
import { standardPlanner } from '../../src/train/engines/onnx/forms/standard.js';
import { sizeOf } from '../../src/train/networks/description.js';
import { describeNetwork, type NetworkName } from '../../src/train/networks/index.js';
import { settings } from './train-step-settings.js';

const [name, width, batchText, threads, plan] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const batch = Number(batchText);
const network = describeNetwork({ network: name as NetworkName, width: Number(width) });
const planner = plan === 'standard' ? standardPlanner : await fastestPlanner('cpu');
const { sparsity, weightDecay } = settings(name);
const engine = await createOnnxEngine(network, {
  mode: 'score',
  sparsity,
  momentum: 0.9,
  weightDecay,
  threads: Number(threads),
  planner,
});
const { uniform } = stream(1, 'train-step benchmark');
for (const { name: tensor, role, shape } of engine.tensors)
  if (role === 'weight' || role === 'score') {
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    engine.write(
      tensor,
      Float32Array.from({ length: sizeOf(shape) }, () => bound * (2 * uniform() - 1)),
    );
  }
// Uniform with the mean 0 and variance 1 of normalised images.
const images = Float32Array.from(
  { length: batch * sizeOf(network.inputShape) },
  () => Math.sqrt(3) * (2 * uniform() - 1),
);
const labels = Int32Array.from({ length: batch }, () => Math.floor(10 * uniform()));

process.stdout.write(`${JSON.stringify({ plan: planner.name })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  let loss = Number.NaN;
  for (let i = 0; i < Number(line); i++) ({ loss } = await engine.step(images, labels, 0.1));
  const seconds = (performance.now() - start) / 1e3;
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ seconds, loss, peak_bytes: peak })}\n`);
}
