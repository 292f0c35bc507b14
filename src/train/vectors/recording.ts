import { InputError, requireOneOf } from '../../core/errors.js';
import type { TensorFile } from '../../core/safetensors.js';
import type { Engine } from '../engines/engine.js';
import type { NetworkDescription } from '../networks/description.js';
import { describeNetwork, NETWORK_NAMES } from '../networks/index.js';
import { blankTensor, TRAINING_MODES, type TrainingMode } from '../networks/tensors.js';

/** A recorded training run of some steps: network, state, batches, losses, first gradients, final state, evaluation. */
export interface Recording {
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

/** Reads a recording, or throws an InputError that names the file and what is wrong. */
export function parseRecording(file: TensorFile, name: string): Recording {
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

/** Writes `init.*`; what the mode does not have (scores in sgd mode, biases in score mode) is passed over. */
export function initialise(engine: Engine, file: TensorFile, name: string): void {
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
    } else {
      engine.write(tensor, blankTensor({ role, shape }));
    }
  }
  for (const [key, { data }] of file.tensors) {
    const tensor = key.slice('init.'.length);
    if (!key.startsWith('init.') || known.has(tensor)) continue;
    if (engine.options.mode === 'score' && /\.bias$/.test(key) && (data as Float32Array).some((v) => v !== 0))
      throw new InputError(`${name}: tensor ${key}`, 'biases are 0 in score mode', 'set it to 0');
  }
}
