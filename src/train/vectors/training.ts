import { InputError, requireOneOf } from '../../core/errors.js';
import { stream } from '../../core/rng.js';
import type { TensorFile } from '../../core/safetensors.js';
import type { Engine } from '../engines/engine.js';
import { createOnnxEngine } from '../engines/onnx/engine.js';
import type { NetworkDescription } from '../networks/description.js';
import { describeNetwork, NETWORK_NAMES } from '../networks/index.js';
import { TRAINING_MODES, type TrainingMode } from '../networks/tensors.js';
import { agrees, type Deviation, type ReplayOptions, tensorDeviation, type VectorKind } from './kind.js';

/** Relative for losses, else of the norm. A gradient may lose a near-tie (ReLU at 0, pooling): it gets more. */
const TOLERANCE = { loss: 1e-5, logits: 1e-4, gradient: 5e-3, final: 1e-4 } as const;
const PERTURBED_REPLAYS = 16;

/** A recorded training run of some steps: network, state, batches, losses, first gradients, final state, evaluation. */
interface Recording {
  readonly network: NetworkDescription;
  readonly mode: TrainingMode;
  readonly sparsity: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly losses: readonly number[];
  /** [steps, B, C, H, W]. */
  readonly images: Float32Array;
  /** [steps, B]. */
  readonly labels: readonly number[];
  readonly batch: number;
  readonly file: TensorFile;
  readonly name: string;
}

/** Training runs of an independent implementation (docs/vectors.md gives the format). */
export const trainingVectors: VectorKind = {
  name: 'training run',
  matches: ({ tensors, metadata }) => 'network' in metadata && tensors.has('x') && tensors.has('y'),
  async replay(file, name, options) {
    const recording = parse(file, name);
    const deviations = await replayOnce(recording, options, 0);
    const report = {
      measure: 'relative; of a tensor: of its norm, or a tenth of the worst value over the largest',
      deviations,
      notes: [],
    };
    if (agrees(report)) return report;
    // Where rounding decides a near-tie (ReLU at 0, equal pooling values), right implementations part ways. They must meet again for
    // images that differ in the last place.
    for (let i = 1; i <= PERTURBED_REPLAYS; i++) {
      const perturbed = await replayOnce(recording, options, i);
      if (agrees({ deviations: perturbed })) {
        const note =
          'A near-tie decides this run: as it stands it deviates by up to ' +
          `${Math.max(...deviations.map((d) => d.deviation / d.tolerance)).toPrecision(2)} times the tolerance; ` +
          `with the images changed by rounding (one unit in the last place, draw ${i}) it agrees, as shown.`;
        return { ...report, deviations: perturbed, notes: [note] };
      }
    }
    return report;
  },
};

function parse(file: TensorFile, name: string): Recording {
  const bad = (why: string) => new InputError(name, why, 'check how the file was made (docs/vectors.md)');
  const { metadata, tensors } = file;
  const number = (key: string): number => {
    const value = Number(metadata[key] || Number.NaN);
    if (!Number.isFinite(value)) throw bad(`metadata ${key} is '${metadata[key]}', not a number`);
    return value;
  };
  const x = tensors.get('x')!;
  const y = tensors.get('y')!;
  const [steps, batch, channels, height, width] = x.shape;
  if (x.shape.length !== 5 || !(x.data instanceof Float32Array) || height !== width)
    throw bad(`x has shape [${x.shape}], not float32 [steps, batch, channels, size, size]`);
  if (y.shape.join() !== `${steps},${batch}`) throw bad(`y has shape [${y.shape}], not [${steps},${batch}]`);
  let losses: unknown;
  try {
    losses = JSON.parse(metadata.losses ?? '');
  } catch {
    losses = undefined;
  }
  if (!Array.isArray(losses) || losses.length !== steps || losses.some((l) => typeof l !== 'number'))
    throw bad(`metadata losses is no JSON list of ${steps} numbers`);
  const mode = requireOneOf(`${name}: mode`, metadata.mode ?? '', TRAINING_MODES);
  const stem = tensors.get('init.stem.weight');
  return {
    network: describeNetwork({
      network: requireOneOf(`${name}: network`, metadata.network ?? '', NETWORK_NAMES),
      width: number('width'),
      classes: number('classes'),
      channels: channels!,
      imageSize: height!,
      ...(stem ? { stem: stem.shape[2] === 3 ? 'cifar' : 'imagenet' } : {}),
    }),
    mode,
    sparsity: mode === 'score' ? number('sparsity') : 0,
    learningRate: number('learning_rate'),
    momentum: number('momentum'),
    weightDecay: number('weight_decay'),
    losses,
    images: x.data,
    labels: Array.from(y.data as ArrayLike<number | bigint>, Number),
    batch: batch!,
    file,
    name,
  };
}

async function replayOnce(recording: Recording, options: ReplayOptions, draw: number): Promise<Deviation[]> {
  const { network, mode, sparsity, momentum, weightDecay, file, name, batch, losses } = recording;
  const engine = await createOnnxEngine(network, { mode, sparsity, momentum, weightDecay, ...options });
  try {
    initialise(engine, file, name);
    const images = draw === 0 ? recording.images : perturb(recording.images, draw);
    const size = images.length / losses.length;
    const pick = (step: number) => ({
      images: images.subarray(step * size, (step + 1) * size),
      labels: recording.labels.slice(step * batch, (step + 1) * batch),
    });
    const found: Deviation[] = [];
    const compare = (quantity: string, actual: ArrayLike<number>, tolerance: number) => {
      const expected = file.tensors.get(quantity);
      if (!expected) return;
      if (expected.data.length !== actual.length)
        throw new InputError(
          `${name}: tensor ${quantity}`,
          `has ${expected.data.length} values where the network has ${actual.length}`,
          'check its network and width',
        );
      const deviation = tensorDeviation(actual, expected.data as Float32Array);
      found.push({ quantity, deviation, tolerance });
    };
    for (const [step, expected] of losses.entries()) {
      const start = step === 0 ? trainedTensors(engine) : undefined;
      const result = await engine.step(pick(step).images, pick(step).labels, recording.learningRate);
      const deviation = Math.abs(result.loss - expected) / Math.abs(expected);
      found.push({ quantity: `loss ${step}`, deviation, tolerance: TOLERANCE.loss });
      if (!start) continue;
      compare('step0.logits', result.logits, TOLERANCE.logits);
      for (const [tensor, before] of start) {
        // From momentum 0 the first one is the gradient plus the decay.
        const gradient = Float64Array.from(
          engine.read(`${tensor}.momentum`),
          (v, i) => v - weightDecay * before[i]!,
        );
        compare(`step0.grad.${tensor}`, gradient, TOLERANCE.gradient);
      }
    }
    for (const { name: tensor } of engine.tensors)
      compare(`final.${tensor}`, engine.read(tensor), TOLERANCE.final);
    const { logits } = await engine.evaluate(pick(0).images, pick(0).labels);
    compare('eval.logits', logits, TOLERANCE.logits);
    requireAllCompared(file, name, found);
    return found;
  } finally {
    await engine.release();
  }
}

function trainedTensors(engine: Engine): Map<string, Float32Array> {
  return new Map(engine.tensors.filter((t) => t.trained).map((t) => [t.name, engine.read(t.name)]));
}

/** Writes `init.*`; what the mode does not have (scores in sgd mode, biases in score mode) is passed over. */
function initialise(engine: Engine, file: TensorFile, name: string): void {
  const known = new Map(engine.tensors.map((t) => [t.name, t]));
  for (const { name: tensor, role, shape } of engine.tensors) {
    const given = file.tensors.get(`init.${tensor}`);
    if (given) {
      if (given.shape.join() !== shape.join() || !(given.data instanceof Float32Array))
        throw new InputError(
          `${name}: tensor init.${tensor}`,
          `has shape [${given.shape}], not float32 [${shape}]`,
          'check its network and width',
        );
      engine.write(tensor, given.data);
    } else if (role === 'weight' || role === 'score') {
      throw new InputError(name, `lacks tensor init.${tensor}`, 'check that it holds the whole first state');
    }
  }
  for (const [key, { data }] of file.tensors) {
    const tensor = key.slice('init.'.length);
    if (!key.startsWith('init.') || known.has(tensor)) continue;
    if (engine.options.mode === 'score' && /\.bias$/.test(key) && (data as Float32Array).some((v) => v !== 0))
      throw new InputError(`${name}: tensor ${key}`, 'biases are 0 in score mode', 'set it to 0');
  }
}

/** Images changed by at most one unit in the last place, by seeded signs. */
function perturb(images: Float32Array, draw: number): Float32Array {
  const { uint32 } = stream(draw, 'perturbation');
  return images.map((v) => {
    const word = uint32();
    return v * (1 + ((word % 3) - 1) * 2 ** -23);
  });
}

function requireAllCompared(file: TensorFile, name: string, found: readonly Deviation[]): void {
  const compared = new Set(found.map((d) => d.quantity));
  for (const [key, { data }] of file.tensors) {
    if (!/^(step0|final|eval)\./.test(key) || compared.has(key)) continue;
    if (key.endsWith('.bias') && (data as Float32Array).every((v) => v === 0)) continue;
    throw new InputError(
      `${name}: tensor ${key}`,
      'names nothing the replay has',
      'check its name against the network and mode',
    );
  }
}
