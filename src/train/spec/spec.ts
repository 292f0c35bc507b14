import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { seedFolder, specFolder } from '../../runs/paths.js';
import { parseStrict, specId } from '../../runs/spec.js';
import { PIXELS } from '../data/dataset.js';
import { ENGINES, requireOwnHardware } from '../engines/names.js';
import { requireNetwork } from '../networks/check.js';
import type { NetworkDescription } from '../networks/description.js';
import {
  BIASES,
  describeNetwork,
  NETWORK_NAMES,
  type NetworkName,
  requireNetworkName,
} from '../networks/index.js';
import type { TrainingMode } from '../networks/tensors.js';
import { DISTRIBUTIONS } from '../prune/distributions.js';
import type { Rule } from '../prune/rules/rule.js';
import { defaultsFor, METHODS } from './defaults.js';
import {
  namesPruning,
  needsOf,
  pruningEntries,
  requireOwnWords,
  requirePruningFits,
  resolvePruning,
} from './pruning.js';
import { finite, positive, whole } from './values.js';

/** Version of what the keys below mean: a change takes a new number, so that no old run passes for a new one. */
export const TRAIN_SPEC = { name: 'train', version: 1 } as const;

const WHAT = 'training spec';

/** Far beyond any use: more is a slip, such as a learning rate in the wrong place. */
const MOST_EPOCHS = 1_000_000;
const MOST_IMAGES = 65_536;
/** The step computes in float32. */
const LARGEST_FLOAT = 3.4028234663852886e38;

/** A network by its name, or any network as its description. */
export type SpecNetwork = NetworkName | NetworkDescription;

const parseNetwork = (given: unknown): SpecNetwork =>
  typeof given === 'object' && given !== null ? requireNetwork(given) : requireNetworkName(String(given));

/** Everything that fixes a training run but its seed. `sparsity`, `score`: not for sgd; `period` (K_per), `rate` (r): iterand alone. */
const schema = v.strictObject({
  network: v.pipe(v.unknown(), v.transform(parseNetwork)),
  /** Factor on the channels of a network known by name; a description is taken as it is, with 1. */
  width: positive(1e6),
  /** `none`: no layer has a bias. For sgd and networks known by name. The default, `trained`, is left out. */
  biases: v.optional(v.picklist(BIASES)),
  data: v.pipe(v.string(), v.nonEmpty('must name the data')),
  /** Side in pixels of what the network sees. */
  imageSize: whole(8, 1024),
  /** `unit`: the network sees pixels in [0, 1]. The default, `normalised` by the data's mean and deviation, is left out. */
  pixels: v.optional(v.picklist(PIXELS)),
  method: v.picklist(METHODS),
  param: v.picklist(DISTRIBUTIONS),
  score: v.optional(v.picklist(DISTRIBUTIONS)),
  ...pruningEntries,
  /** Pruned fraction of the weights. */
  sparsity: v.optional(v.pipe(finite(0, 1), v.ltValue(1, 'must be less than 1'))),
  /** K_per: iterations from one refresh to the next. */
  period: v.optional(whole(1)),
  /** r: probability that a pruned weight is drawn anew, or share of weights recycled. */
  rate: v.optional(finite(0, 1)),
  epochs: whole(1, MOST_EPOCHS),
  warmup: whole(0, MOST_EPOCHS),
  finalEpochs: whole(0, MOST_EPOCHS),
  finalRate: finite(0, LARGEST_FLOAT),
  batch: whole(1, MOST_IMAGES),
  evaluationBatch: whole(1, MOST_IMAGES),
  learningRate: positive(LARGEST_FLOAT),
  momentum: v.pipe(finite(0, 1), v.ltValue(1, 'must be less than 1')),
  weightDecay: finite(0, LARGEST_FLOAT),
  engine: v.picklist(ENGINES),
  /** Hardware of the engine onnx. */
  provider: v.optional(v.pipe(v.string(), v.nonEmpty('must name a provider'))),
  /** Hardware of the engine tfjs. */
  backend: v.optional(v.pipe(v.string(), v.nonEmpty('must name a backend'))),
});

/** The names of all settings. */
export const TRAIN_SPEC_KEYS: readonly string[] = Object.keys(schema.entries);

/** A training run's settings, complete. */
export type TrainSpec = v.InferOutput<typeof schema>;

/**
 * Fills in the defaults of (network, method, data) and checks the whole.
 *
 * @throws InputError for an unknown key, a value out of range, or a setting that the method does not have
 */
export function resolveTrainSpec(input: Readonly<Record<string, unknown>>, own?: Rule): TrainSpec {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const parsed = parseStrict(WHAT, v.partial(schema), given);
  const { network, data, imageSize, rule, refresh, scope } = parsed;
  const method = parsed.method ?? (namesPruning(given) ? 'prune' : undefined);
  if (network === undefined) throw missing('network', NETWORK_NAMES[0]);
  if (method === undefined) throw missing('method', METHODS[0]);
  if (data === undefined) throw missing('data', 'mnist');
  const defaults = defaultsFor(network, method, data, imageSize, rule);
  const { sparsity, score, period, rate, provider, backend, ...others } = defaults;
  const shared = { ...others, ...(parsed.engine === 'tfjs' ? { backend } : { provider }) };
  const pruned =
    method === 'prune'
      ? resolvePruning(WHAT, { ...given, rule, refresh, scope }, defaults, own)
      : {
          ...(method === 'sgd' ? {} : { sparsity, score }),
          ...(method === 'iterand' ? { period, rate } : {}),
          ...given,
        };
  const spec = parseTrainSpec({ ...shared, ...pruned }, own);
  if (spec.ramp !== undefined && spec.ramp > spec.epochs)
    throw new InputError(
      `${WHAT}: ramp ${spec.ramp}`,
      `is longer than the run of ${spec.epochs} epochs, which would end before its sparsity is reached`,
      'pass a shorter one, or more epochs',
    );
  if (spec.finalEpochs === 0 && spec.finalRate !== defaults.finalRate)
    throw new InputError(
      `${WHAT}: finalRate ${spec.finalRate}`,
      'means nothing without final epochs',
      'leave it out, or set how many there are (finalEpochs)',
    );
  return spec;
}

const missing = (key: string, example: string) =>
  new InputError(`${WHAT}: ${key}`, 'is missing', `name it, such as ${example}`);

/**
 * `spec` as a run's folder holds it: every key there, and they fit together.
 *
 * @param own the rule it names, where that is one's own and at hand; else what only the rule knows is not looked at
 */
export function parseTrainSpec(input: unknown, own?: Rule): TrainSpec {
  const { biases, pixels, ...rest } = parseStrict(WHAT, schema, input);
  const spec: TrainSpec = {
    ...rest,
    ...(biases === 'none' ? { biases } : {}),
    ...(pixels === 'unit' ? { pixels } : {}),
  };
  requireOwnHardware(WHAT, spec);
  requirePruningFits(WHAT, spec, own);
  requireOwnWords(WHAT, spec);
  for (const [key, has] of Object.entries(needsOf(spec, own))) {
    const value = spec[key as keyof TrainSpec];
    if (has === undefined || (value !== undefined) === has) continue;
    const of = spec.method === 'prune' ? pruningLabel(spec) : spec.method;
    throw new InputError(
      `${WHAT}: ${key} ${value ?? '(missing)'}`,
      has ? `must be given for ${of}` : `means nothing for ${of}`,
      has ? 'give it' : 'leave it out',
    );
  }
  requireOwnNetwork(spec);
  if (spec.biases !== undefined && spec.method !== 'sgd')
    throw new InputError(
      `${WHAT}: biases ${spec.biases}`,
      `means nothing for ${spec.method}, whose biases stay 0`,
      'leave it out',
    );
  if (spec.warmup + spec.finalEpochs > spec.epochs)
    throw new InputError(
      `${WHAT}: epochs ${spec.epochs}`,
      `must hold the ${spec.warmup} warm-up and ${spec.finalEpochs} final low-rate epochs`,
      'pass fewer of these, or more epochs',
    );
  return spec;
}

/** A description says itself how wide it is and how large its images are. */
function requireOwnNetwork({
  network,
  width,
  biases,
  imageSize,
}: Pick<TrainSpec, 'network' | 'width' | 'biases' | 'imageSize'>): void {
  if (typeof network === 'string') return;
  const { name, inputShape } = network;
  const said = [
    ...(width === 1 ? [] : [[`width ${width}`, 'how wide they are']]),
    ...(biases === undefined ? [] : [[`biases ${biases}`, 'whether they have biases']]),
  ];
  for (const [what, which] of said)
    throw new InputError(
      what!,
      `means nothing for the network description '${name}', whose layers say ${which}`,
      'leave it out',
    );
  if (inputShape[1] !== imageSize || inputShape[2] !== imageSize)
    throw new InputError(
      `imageSize ${imageSize}`,
      `the network description '${name}' takes images of ${inputShape[1]}x${inputShape[2]} pixels`,
      'describe it for square images of the size that the data have',
    );
}

/** What a spec's network is called. */
export const specNetworkName = ({ network }: Pick<TrainSpec, 'network'>): string =>
  typeof network === 'string' ? network : network.name;

/** The folder of a run under its root: what it is, the spec's id, the seed. */
export function trainRunName(spec: TrainSpec, seed: number): string {
  const method = spec.method === 'prune' ? pruningLabel(spec) : spec.method;
  const label = [specNetworkName(spec), method, spec.data.replace(/^.*[/\\:]/, '')].join('-');
  return `${specFolder(label.replace(/[^\w.-]/g, '_'), specId(TRAIN_SPEC, spec))}/${seedFolder(seed)}`;
}

/** `biprop-randomize-global`: rule, refresh and scope, where they are not what goes without saying. */
const pruningLabel = ({ rule, refresh, scope }: TrainSpec): string =>
  [rule, refresh === 'none' ? [] : refresh, scope === 'global' ? scope : []].flat().join('-');

/** Whether weights or scores are trained. */
export const modeOf = (spec: Pick<TrainSpec, 'method'>): TrainingMode =>
  spec.method === 'sgd' ? 'sgd' : 'score';

/**
 * The spec's network for images of so many channels and classes.
 *
 * @throws InputError if it is a description of other channels or classes
 */
export function describeSpecNetwork(
  { network, width, biases, imageSize }: Pick<TrainSpec, 'network' | 'width' | 'biases' | 'imageSize'>,
  data: { readonly channels: number; readonly classes: readonly string[] },
): NetworkDescription {
  const { channels } = data;
  const classes = data.classes.length;
  if (typeof network === 'string')
    return describeNetwork({
      network,
      width,
      imageSize,
      channels,
      classes,
      ...(biases === undefined ? {} : { biases }),
    });
  if (network.inputShape[0] !== channels || network.classes !== classes)
    throw new InputError(
      `network '${network.name}'`,
      `takes ${network.inputShape[0]} channels and gives ${network.classes} classes; the data have ${channels} and ${classes}`,
      'describe it for these data',
    );
  return network;
}
