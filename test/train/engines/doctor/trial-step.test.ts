import { expect, test } from 'vitest';
import {
  TRIAL_EXPECTED,
  TRIAL_LABELS,
  TRIAL_NETWORK,
  TRIAL_OPTIONS,
  TRIAL_TOLERANCE,
  trialDeviation,
  trialDirection,
  trialImages,
  trialState,
} from '../../../../src/train/engines/doctor/trial-step.js';
import type { Engine } from '../../../../src/train/engines/engine.js';
import { createOnnxEngine } from '../../../../src/train/engines/onnx/engine.js';
import { maskOf } from '../../../../src/train/prune/mask.js';
import { referenceLoss } from '../../../support/reference-network.js';

test('what a step is expected to give is what the float64 reference gives', () => {
  const state = trialState();
  const layers = Object.keys(TRIAL_EXPECTED.along) as (keyof typeof TRIAL_EXPECTED.along)[];
  const effective = new Map(
    layers.map((layer) => {
      const mask = maskOf(state.get(`${layer}.score`)!, TRIAL_OPTIONS.sparsity);
      const weight = state.get(`${layer}.weight`)!;
      return [`${layer}.weight`, Float64Array.from(weight, (w, i) => w * mask[i]!)];
    }),
  );
  const images = Float64Array.from(trialImages());
  const loss = () => referenceLoss(TRIAL_NETWORK, effective, images, TRIAL_LABELS);
  const found = { loss: loss(), along: {} as Record<string, { sum: number; size: number }> };
  for (const layer of layers) {
    const values = effective.get(`${layer}.weight`)!;
    const weight = state.get(`${layer}.weight`)!;
    const direction = trialDirection(layer, values.length);
    let [sum, size] = [0, 0];
    for (const [i, w] of weight.entries()) {
      const [value, h] = [values[i]!, 1e-5];
      values[i] = value + h;
      const above = loss();
      values[i] = value - h;
      const below = loss();
      values[i] = value;
      // Straight-through: the score's gradient is the weight's times the weight.
      const product = ((above - below) / (2 * h)) * w * direction[i]!;
      sum += product;
      size += Math.abs(product);
    }
    found.along[layer] = { sum, size };
  }
  expect(found.loss, JSON.stringify(found)).toBeCloseTo(TRIAL_EXPECTED.loss, 6);
  for (const layer of layers) {
    expect(found.along[layer]!.sum).toBeCloseTo(TRIAL_EXPECTED.along[layer].sum, 5);
    expect(found.along[layer]!.size).toBeCloseTo(TRIAL_EXPECTED.along[layer].size, 5);
  }
});

test('the CPU passes; an engine whose gradients or loss are off does not', async () => {
  const engine = await createOnnxEngine(TRIAL_NETWORK, TRIAL_OPTIONS);
  expect(await trialDeviation(engine)).toBeLessThan(1e-5);
  const wrong = (changes: Partial<Engine>): Engine =>
    ({
      ...changes,
      write: (...args: Parameters<Engine['write']>) => engine.write(...args),
      step: changes.step ?? ((...args: Parameters<Engine['step']>) => engine.step(...args)),
      read: changes.read ?? ((name: string) => engine.read(name)),
    }) as Engine;
  const reversed = wrong({
    read: async (name) => (await engine.read(name)).map((v) => (name.startsWith('second') ? -v : v)),
  });
  expect(await trialDeviation(reversed)).toBeGreaterThan(TRIAL_TOLERANCE);
  const lossless = wrong({
    step: async (...args) => ({ ...(await engine.step(...args)), loss: Number.NaN }),
  });
  expect(await trialDeviation(lossless)).toBe(Number.POSITIVE_INFINITY);
  await engine.release();
});
