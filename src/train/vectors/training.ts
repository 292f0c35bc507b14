import { InputError } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';
import { stream } from '../../core/rng.js';
import { type Engine, NonFiniteLossError } from '../engines/engine.js';
import { createOnnxEngine } from '../engines/onnx/engine.js';
import { createTfjsEngine } from '../engines/tfjs/engine.js';
import { agrees, type Deviation, type ReplayReport, tensorDeviation, type VectorKind } from './kind.js';
import { initialise, parseRecording, type Recording } from './recording.js';

/** Relative for losses, else as tensorDeviation has it. A gradient may lose a near-tie (ReLU at 0, pooling): it gets more. */
const TOLERANCES = [
  [/^loss /, 1e-5],
  [/^step0\.grad\./, 5e-3],
  [/^final\./, 1e-4],
  [/logits$/, 1e-4],
] as const;
const MEASURE = 'relative; of a tensor: of its norm, or a tenth of the worst value over the largest';
const PERTURBED_REPLAYS = 16;
/** Rounding as it adds up on the way through a layer or two, in units in the last place. */
const PERTURBATION = 4;
/** A quantity may be this many times as far off as perturbed replays are from the plain one. */
const SPREAD_FACTOR = 10;

/** What a replay computed, by the file's names. */
type Outcome = ReadonlyMap<string, ArrayLike<number>>;

/**
 * Training runs of an independent implementation (docs/vectors.md gives the format). Right implementations part ways where rounding
 * decides a near-tie (ReLU at 0, equal pooling values), and some runs amplify any rounding. So a run that does not agree at once is
 * replayed for images that differ by rounding: it agrees if one of those replays does; failing that, each quantity is allowed
 * ten times the distance such replays have from the plain one, unless a single value of many is what is off.
 */
export const trainingVectors: VectorKind = {
  name: 'training run',
  matches: ({ tensors, metadata }) => 'network' in metadata && tensors.has('x') && tensors.has('y'),
  async replay(file, name, { progress, backend, device, ...onnx }) {
    const unused = Object.entries(onnx).find(([, value]) => backend !== undefined && value !== undefined);
    if (unused !== undefined)
      throw new InputError(
        `${unused[0]} beside the backend ${backend}`,
        'it is of the engine onnx',
        `leave ${unused[0]} out, or the backend`,
      );
    const recording = parseRecording(file, name);
    const { network, mode, sparsity, momentum, weightDecay } = recording;
    const on = device === undefined ? {} : { device };
    const options = { mode, sparsity, momentum, weightDecay, ...on };
    const engine =
      backend === undefined
        ? await createOnnxEngine(network, { ...options, ...onnx })
        : await createTfjsEngine(network, { ...options, backend });
    try {
      return { measure: MEASURE, ...(await judge(recording, engine, progress)) };
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      const deviations = [{ quantity: 'loss', deviation: Number.NaN, tolerance: TOLERANCES[0][1] }];
      return { measure: MEASURE, deviations, notes: [error.message] };
    } finally {
      await engine.release();
    }
  },
};

async function judge(
  recording: Recording,
  engine: Engine,
  progress: Progress | undefined,
): Promise<Omit<ReplayReport, 'measure'>> {
  const expected = expectedOutcome(recording);
  const plain = await replayOnce(recording, engine, recording.images);
  requireSameQuantities(expected, plain, recording);
  const deviations = compare(plain, expected);
  if (agrees({ deviations })) return { deviations, notes: [] };
  const excess = Math.max(...deviations.map((d) => d.deviation / d.tolerance)).toPrecision(2);
  const spread = new Map<string, number>();
  for (let draw = 1; draw <= PERTURBED_REPLAYS; draw++) {
    progress?.(draw, PERTURBED_REPLAYS + 1);
    const perturbed = await replayOnce(recording, engine, perturb(recording.images, draw));
    const nearby = compare(perturbed, expected);
    if (agrees({ deviations: nearby })) {
      const note =
        `A near-tie decides this run: as it stands it deviates by up to ${excess} times the tolerance; with the images changed ` +
        `by rounding (${PERTURBATION} units in the last place, draw ${draw}) it agrees, as shown.`;
      return { deviations: nearby, notes: [note] };
    }
    for (const { quantity, deviation } of compare(perturbed, plain))
      spread.set(quantity, Math.max(deviation, spread.get(quantity) ?? 0));
  }
  const allowed = deviations.map((d) => ({
    ...d,
    tolerance: Math.max(d.tolerance, SPREAD_FACTOR * spread.get(d.quantity)!),
  }));
  const lone = deviations.filter(
    ({ quantity, deviation, tolerance }) =>
      deviation > tolerance && isLoneError(plain.get(quantity)!, expected.get(quantity)!),
  );
  if (lone.length > 0 || !agrees({ deviations: allowed })) return { deviations, notes: [] };
  const note =
    `This run amplifies rounding: it deviates by up to ${excess} times the tolerance, and replays of it whose images differ by ` +
    `${PERTURBATION} units in the last place part ways too. The tolerances shown are ${SPREAD_FACTOR} times the distance of such ` +
    'replays where that is more.';
  return { deviations: allowed, notes: [note] };
}

function expectedOutcome({ file, losses }: Recording): Outcome {
  const outcome = new Map<string, ArrayLike<number>>(losses.map((loss, step) => [`loss ${step}`, [loss]]));
  for (const [name, { data }] of file.tensors)
    if (/^(step0|final|eval)\./.test(name)) outcome.set(name, data as Float32Array);
  return outcome;
}

async function replayOnce(recording: Recording, engine: Engine, images: Float32Array): Promise<Outcome> {
  const { file, name, batch, losses, labels, learningRate } = recording;
  await initialise(engine, file, name);
  const size = images.length / losses.length;
  const pick = (step: number) =>
    [
      images.subarray(step * size, (step + 1) * size),
      labels.slice(step * batch, (step + 1) * batch),
    ] as const;
  const outcome = new Map<string, ArrayLike<number>>();
  // Only what the file has is read: large networks, small files.
  const wanted = async (key: string, value: () => ArrayLike<number> | Promise<ArrayLike<number>>) => {
    if (file.tensors.has(key)) outcome.set(key, await value());
  };
  const trained = engine.tensors.filter((t) => t.trained).map((t) => t.name);
  for (const step of losses.keys()) {
    const before = new Map<string, Float32Array>();
    if (step === 0) for (const t of trained) before.set(t, await engine.read(t));
    const result = await engine.step(...pick(step), learningRate);
    outcome.set(`loss ${step}`, [result.loss]);
    if (step > 0) continue;
    await wanted('step0.logits', () => result.logits);
    // From momentum 0 the first one is the gradient plus the decay.
    for (const [tensor, start] of before)
      await wanted(`step0.grad.${tensor}`, async () =>
        (await engine.read(`${tensor}.momentum`)).map((v, i) => v - recording.weightDecay * start[i]!),
      );
  }
  for (const { name: tensor } of engine.tensors) await wanted(`final.${tensor}`, () => engine.read(tensor));
  const { logits } = await engine.evaluate(...pick(0));
  await wanted('eval.logits', () => logits);
  return outcome;
}

function compare(actual: Outcome, expected: Outcome): Deviation[] {
  return [...actual].map(([quantity, values]) => {
    const reference = expected.get(quantity)!;
    const deviation = quantity.startsWith('loss ')
      ? Math.abs(values[0]! - reference[0]!) / Math.abs(reference[0]!)
      : tensorDeviation(values, reference);
    return { quantity, deviation, tolerance: TOLERANCES.find(([pattern]) => pattern.test(quantity))![1] };
  });
}

/** Whether one value of many makes up most of the difference: rounding that is amplified spreads over a tensor. */
function isLoneError(actual: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  const squares = Float64Array.from(expected, (v, i) => (actual[i]! - v) ** 2);
  const largest = squares.reduce((a, b) => Math.max(a, b), 0);
  return squares.length >= 50 && largest > 0.5 * squares.reduce((a, b) => a + b, 0);
}

/** Images changed by up to PERTURBATION units in the last place, from a seeded stream. */
function perturb(images: Float32Array, draw: number): Float32Array {
  const { uniform } = stream(draw, 'perturbation');
  return images.map((v) => v * (1 + PERTURBATION * (2 * uniform() - 1) * 2 ** -23));
}

function requireSameQuantities(expected: Outcome, actual: Outcome, { name, mode }: Recording): void {
  for (const [key, values] of expected) {
    const ours = actual.get(key);
    const zeroBias = mode === 'score' && key.endsWith('.bias') && Array.from(values).every((v) => v === 0);
    if (!ours && !zeroBias)
      throw new InputError(
        `${name}: tensor ${key}`,
        'names nothing the replay has',
        'check its name against the network and mode',
      );
    if (ours && ours.length !== values.length)
      throw new InputError(
        `${name}: tensor ${key}`,
        `has ${values.length} values where the network has ${ours.length}`,
        'check its network and width',
      );
  }
}
