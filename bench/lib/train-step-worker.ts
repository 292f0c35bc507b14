/*
 * iterand's side of bench/train-step.ts: a participant (participant.ts).
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { stream } from '../../src/core/rng.js';
import type { EngineOptions } from '../../src/train/engines/engine.js';
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.js';
import { fastestPlanner } from '../../src/train/engines/onnx/forms/machine.js';
import { standardPlanner } from '../../src/train/engines/onnx/forms/standard.js';
import { requireBackend } from '../../src/train/engines/tfjs/backends.js';
import { createTfjsEngine } from '../../src/train/engines/tfjs/engine.js';
import { sizeOf } from '../../src/train/networks/description.js';
import { noiseOfStep } from '../../src/train/prune/noise.js';
import { networkOf, PLAIN_RULE, ruleOf, settings } from './train-step-settings.js';

const { values } = parseArgs({
  options: {
    network: { type: 'string', default: '' },
    width: { type: 'string', default: '' },
    batch: { type: 'string', default: '' },
    threads: { type: 'string', default: '' },
    plan: { type: 'string', default: '' },
    rule: { type: 'string', default: PLAIN_RULE },
    backend: { type: 'string' },
  },
});
const batch = Number(values.batch);
const network = networkOf(values.network, Number(values.width));
const planner = values.plan === 'standard' ? standardPlanner : await fastestPlanner('cpu');
const { sparsity, weightDecay } = settings(values.network);
const { rule, scope } = ruleOf(values.rule);
const { selection } = rule;
const options: EngineOptions = {
  mode: 'score',
  rule,
  ...(selection.kind === 'top' ? { sparsity, scope } : {}),
  momentum: 0.9,
  weightDecay,
};
const engine =
  values.backend === undefined
    ? await createOnnxEngine(network, { ...options, threads: Number(values.threads), planner })
    : await createTfjsEngine(network, { ...options, backend: requireBackend(values.backend) });
const { uniform } = stream(1, 'train-step benchmark');
for (const { name: tensor, role, shape } of engine.tensors)
  if (role === 'weight' || role === 'score') {
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    await engine.write(
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

process.stdout.write(
  `${JSON.stringify({ plan: values.backend === undefined ? planner.name : `tfjs ${values.backend}` })}\n`,
);
for await (const line of createInterface({ input: process.stdin })) {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  let loss = Number.NaN;
  for (let i = 0; i < Number(line); i++)
    ({ loss } = await engine.step(
      images,
      labels,
      0.1,
      selection.kind === 'drawn' ? noiseOfStep(selection.noise, 1, engine.steps) : undefined,
    ));
  const seconds = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(
    `${JSON.stringify({ seconds, cpu_seconds: (user + system) / 1e6, loss, peak_bytes: peak })}\n`,
  );
}
