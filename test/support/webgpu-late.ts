// Prints, as JSON, what steps taken together on a WebGPU device come to, whose losses are read at their end; a process of its own, since
// a live GPU device may take the process that ends early down with it.
import { createHash } from 'node:crypto';
import { InputError } from '../../src/core/errors.js';
import { stream } from '../../src/core/rng.js';
import { type Engine, NonFiniteLossError } from '../../src/train/engines/engine.js';
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.js';
import { DeviceThresholds } from '../../src/train/engines/onnx/thresholds.js';
import { sizeOf } from '../../src/train/networks/description.js';
import { draw } from '../../src/train/prune/distributions.js';
import { initialState } from '../../src/train/prune/initial.js';
import { noiseOfStep } from '../../src/train/prune/noise.js';
import { makeRule } from '../../src/train/prune/rules/index.js';
import { network } from './webgpu-network.js';

const batchOf = (size: number, i: number) => ({
  images: draw('kn', 2, size * sizeOf(network.inputShape), stream(i, 'images')),
  labels: Array.from({ length: size }, (_, k) => (k + i) % 4),
  noise: noiseOfStep('uniform', 1, i),
});

async function engineOf(rule?: string, scope?: 'layer' | 'global'): Promise<Engine> {
  const engine = await createOnnxEngine(network, {
    ...(rule === undefined ? { mode: 'sgd' } : { mode: 'score', rule: makeRule(rule) }),
    ...(rule === 'supermask' || rule === undefined ? {} : { sparsity: 0.5 }),
    ...(scope === undefined ? {} : { scope }),
    ...{ momentum: 0.9, weightDecay: 1e-4, provider: 'webgpu' },
  });
  for (const [name, values] of initialState(network, engine.options.mode, { weights: 'ku', seed: 1 }))
    await engine.write(name, values);
  return engine;
}

async function digest(engine: Engine): Promise<string> {
  const all = createHash('sha256');
  for (const { name } of engine.tensors) all.update(Buffer.from((await engine.read(name)).buffer));
  return all.digest('hex');
}

/** Rules under which steps together are not those one by one, to the bit. */
async function differing(): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, scope] of [
    [undefined],
    ['edge-popup'],
    ['edge-popup', 'global'],
    ['supermask'],
    ['random'],
  ] as const) {
    const [one, many] = [await engineOf(rule, scope), await engineOf(rule, scope)];
    // The second chunk ends with a short batch.
    for (const sizes of [
      [4, 4, 4],
      [4, 3],
    ]) {
      const batches = sizes.map((size, i) => batchOf(size, one.steps + i));
      const together = await many.chunks!.run(batches, 0.1);
      for (const [i, { images, labels, noise }] of batches.entries()) {
        const { loss, hits, logits } = await one.step(images, labels, 0.1, noise);
        const other = together[i]!;
        if (loss !== other.loss || hits !== other.hits || logits.join() !== other.logits.join())
          found.push(`${rule} ${scope}: step ${one.steps - 1} has loss ${other.loss}, alone ${loss}`);
      }
      if ((await digest(one)) !== (await digest(many))) found.push(`${rule} ${scope}: the state`);
    }
    await one.release();
    await many.release();
  }
  return found;
}

/** A chunk whose third step fails, and one whose scores bisection cannot tell apart. */
async function special() {
  const [one, many] = [await engineOf('edge-popup'), await engineOf('edge-popup')];
  const before = await digest(many);
  const batches = [0, 1, 2, 3].map((i) => batchOf(4, i));
  const broken = batches.with(2, { ...batches[2]!, images: batches[2]!.images.slice().fill(Number.NaN) });
  const error = await many.chunks!.run(broken, 0.1).catch((e: unknown) => e);
  const failure =
    error instanceof NonFiniteLossError
      ? {
          step: error.step,
          reason: error.reason,
          finiteNorms: Object.values(error.norms).every(Number.isFinite),
        }
      : String(error);
  const kept = (await digest(many)) === before && many.steps === 0;
  for (const engine of [one, many]) {
    const scores = await engine.read('second.score');
    await engine.write(
      'second.score',
      scores.map((v, i) => (i === 5 ? 1e4 : 1e-6 * v)),
    );
  }
  const late = DeviceThresholds.prototype.late;
  let tries = 0;
  DeviceThresholds.prototype.late = function (sparsity) {
    tries++;
    return late.call(this, sparsity);
  };
  await many.chunks!.run(batches, 0.01);
  DeviceThresholds.prototype.late = late;
  for (const { images, labels } of batches) await one.step(images, labels, 0.01);
  const close = (await digest(one)) === (await digest(many));
  await one.release();
  await many.release();
  return { failure, kept, close, tries };
}

/** A chunk whose third step is refused, which the device never gets, and the same with its noise. */
async function missing() {
  const [one, many] = [await engineOf('supermask'), await engineOf('supermask')];
  const before = await digest(many);
  const batches = [4, 3, 4].map(batchOf);
  const refused = await many
    .chunks!.run(batches.with(2, { ...batches[2]!, noise: undefined! }), 0.1)
    .catch((error: unknown) => error);
  const kept = (await digest(many)) === before && many.steps === 0;
  await many.chunks!.run(batches, 0.1);
  for (const { images, labels, noise } of batches) await one.step(images, labels, 0.1, noise);
  const same = (await digest(one)) === (await digest(many));
  await one.release();
  await many.release();
  return { refused: refused instanceof InputError ? refused.message : String(refused), kept, same };
}

process.stdout.write(
  JSON.stringify({ differing: await differing(), ...(await special()), missing: await missing() }),
);
