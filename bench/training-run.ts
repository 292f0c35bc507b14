import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../src/core/errors.js';
import type { LoopCallbacks } from '../src/train/loop/callbacks.js';
import { initialState } from '../src/train/prune/initial.js';
import { setUp } from '../src/train/run/setup.js';
import { trainRun } from '../src/train/run/train.js';
import { modeOf, resolveTrainSpec, type TrainSpec } from '../src/train/spec/spec.js';
import type { Benchmark } from './lib/benchmark.js';

const SECONDS = 15;

/** A whole training run (pipeline, augmentation, records, randomization) against the engine's bare step on one batch over and over. */
export const benchmark: Benchmark = {
  description: "a training run's images/s against the bare step's: -- cifar10|mnist [width]",
  async run([data = 'cifar10', width = '0.25']) {
    if (!(Number(width) > 0))
      throw new InputError(`width ${width}`, 'must be a number greater than 0', 'pass a width such as 0.25');
    const spec = resolveTrainSpec({ network: 'conv6', width: Number(width), method: 'iterand', data });
    const first = await bareStep(spec);
    const run = await wholeRun(spec);
    const second = await bareStep(spec);
    const step = (first + second) / 2;
    process.stdout.write(
      `${spec.network} width ${width}, ${data}, batch ${spec.batch}\n` +
        `bare step     ${first.toFixed(0)} and ${second.toFixed(0)} images/s, before and after\n` +
        `training run  ${run.toFixed(0)} images/s: ${(run / step).toFixed(3)} of the step's\n`,
    );
  },
};

async function bareStep(spec: TrainSpec): Promise<number> {
  const { engine, pipeline, close } = await setUp(spec);
  for (const [name, data] of initialState(engine.network, modeOf(spec), { weights: spec.param, seed: 1 }))
    await engine.write(name, data);
  const batches = pipeline.train({ seed: 1, batch: spec.batch, epochs: 1 });
  const { value } = await batches.next();
  const [images, labels] = [value!.images.slice(), value!.labels.slice()];
  await batches.return();
  // Fills no cores while the step is timed.
  await pipeline.close();
  for (let i = 0; i < 10; i++) await engine.step(images, labels, 0.01);
  const start = performance.now();
  let steps = 0;
  for (; performance.now() - start < 1000 * SECONDS; steps++) await engine.step(images, labels, 0.01);
  const rate = (1000 * steps * spec.batch) / (performance.now() - start);
  await close();
  return rate;
}

/** Images/s from the 21st step on, for some seconds. */
async function wholeRun(spec: TrainSpec): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), 'iterand-bench-'));
  const stop = new AbortController();
  let [start, images, steps] = [0, 0, 0];
  let rate = Number.NaN;
  const count: LoopCallbacks = {
    step({ examples }) {
      const now = performance.now();
      if (++steps === 20) start = now;
      else if (steps > 20) {
        images += examples;
        rate = (1000 * images) / (now - start);
        if (now - start > 1000 * SECONDS) stop.abort();
      }
    },
  };
  await trainRun(spec, 1, { root, signal: stop.signal, callbacks: [count] });
  rmSync(root, { recursive: true });
  return rate;
}
