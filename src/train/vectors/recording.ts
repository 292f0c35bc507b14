import { InputError, requireOneOf } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import type { TensorFile } from '../../core/safetensors.js';
import type { Engine } from '../engines/engine.js';
import type { NetworkDescription } from '../networks/description.js';
import { describeNetwork, NETWORK_NAMES } from '../networks/index.js';
import {
  blankTensor,
  type StateTensor,
  stateTensors,
  TRAINING_MODES,
  type TrainingMode,
} from '../networks/tensors.js';

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
  if (x.data.length === 0) throw bad(`x has shape [${x.shape}]: there is nothing to check`);
  const losses = parseJson(metadata.losses ?? '', `${name}: metadata losses`);
  if (!Array.isArray(losses) || losses.length !== steps || losses.some((l) => typeof l !== 'number'))
    throw bad(`metadata losses is no JSON list of ${steps} numbers`);
  const mode = requireOneOf(`${name}: mode`, metadata.mode ?? '', TRAINING_MODES);
  const stem = tensors.get('init.stem.weight');
  const network = describeNetwork({
    network: requireOneOf(`${name}: network`, metadata.network ?? '', NETWORK_NAMES),
    width: number('width'),
    classes: number('classes'),
    channels: channels!,
    imageSize: height!,
    ...(stem ? { stem: stem.shape[2] === 3 ? 'cifar' : 'imagenet' } : {}),
  });
  const labels = Array.from(y.data as ArrayLike<number | bigint>, Number);
  const wrong = labels.find((label) => !(Number.isInteger(label) && label >= 0 && label < network.classes));
  if (wrong !== undefined) throw bad(`y holds the label ${wrong}, not 0 to ${network.classes - 1}`);
  // Before any engine is built, so that what is not there takes no memory.
  requireTensors(file, stateTensors(network, mode), name);
  return {
    network,
    mode,
    sparsity: mode === 'score' ? number('sparsity') : 0,
    learningRate: number('learning_rate'),
    momentum: number('momentum'),
    weightDecay: number('weight_decay'),
    losses,
    images: x.data,
    labels,
    batch: batch!,
    file,
    name,
  };
}

/** The first state is whole, what is compared is float32, and there is a final state to compare. */
function requireTensors({ tensors }: TensorFile, state: readonly StateTensor[], name: string): void {
  for (const { name: tensor, role, shape } of state) {
    const given = tensors.get(`init.${tensor}`);
    if (given === undefined && (role === 'weight' || role === 'score'))
      throw new InputError(name, `lacks tensor init.${tensor}`, 'check that it holds the whole first state');
    if (given !== undefined && given.shape.join() !== shape.join())
      throw new InputError(
        `${name}: tensor init.${tensor}`,
        `has shape [${given.shape}], not [${shape}]`,
        'check its network and width',
      );
  }
  for (const [key, { data }] of tensors)
    if (/^(init|step0|final|eval)\./.test(key) && !(data instanceof Float32Array))
      throw new InputError(`${name}: tensor ${key}`, 'is not float32', 'check how the file was made');
  if (!state.some((tensor) => tensors.has(`final.${tensor.name}`)))
    throw new InputError(
      name,
      'has no tensor final.*: the state after training would go unchecked',
      'store the final state, or a part of it (docs/vectors.md)',
    );
}

/** Writes `init.*`; what the mode does not have (scores in sgd mode, biases in score mode) is passed over. */
export async function initialise(engine: Engine, file: TensorFile, name: string): Promise<void> {
  const known = new Set(engine.tensors.map((t) => t.name));
  for (const { name: tensor, role, shape } of engine.tensors) {
    const given = file.tensors.get(`init.${tensor}`);
    await engine.write(tensor, given ? (given.data as Float32Array) : blankTensor({ role, shape }));
  }
  for (const [key, { data }] of file.tensors) {
    const tensor = key.slice('init.'.length);
    if (!key.startsWith('init.') || known.has(tensor)) continue;
    if (engine.options.mode === 'score' && /\.bias$/.test(key) && (data as Float32Array).some((v) => v !== 0))
      throw new InputError(`${name}: tensor ${key}`, 'biases are 0 in score mode', 'set it to 0');
  }
}
