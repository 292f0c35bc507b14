import { DIGIT_SIZE } from '../data/dataset.js';
import { FOLDER_IMAGE_SIZE } from '../data/open.js';
import { DEFAULT_BACKEND, DEFAULT_PROVIDER, type EngineName } from '../engines/names.js';
import type { NetworkDescription } from '../networks/description.js';
import { isFullyConnected, type NetworkName } from '../networks/index.js';
import type { Distribution } from '../prune/distributions.js';

/**
 * What is trained: `sgd` the weights; `edge-popup` the scores of fixed weights; `iterand` scores, with pruned weights drawn anew; `prune`
 * scores by any other rule, refresh and scope.
 */
export const METHODS = ['sgd', 'edge-popup', 'iterand', 'prune'] as const;
export type Method = (typeof METHODS)[number];

/** Epochs in which the pruned fraction of the scope global rises, or all where a run has fewer. */
export const RAMP = 10;

/** The settings that follow from network, method and data. */
export interface Defaults {
  readonly width: number;
  readonly imageSize: number;
  readonly param: Distribution;
  readonly score: Distribution;
  readonly sparsity: number;
  readonly period: number;
  readonly rate: number;
  readonly epochs: number;
  readonly warmup: number;
  readonly finalEpochs: number;
  readonly finalRate: number;
  readonly batch: number;
  readonly evaluationBatch: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly engine: EngineName;
  /** Of the engine onnx. */
  readonly provider: string;
  /** Of the engine tfjs. */
  readonly backend: string;
}

/** What the defaults follow from. */
interface Asked {
  readonly resnet: boolean;
  readonly fullyConnected: boolean;
  readonly method: Method;
  readonly rule: string | undefined;
  readonly data: string;
  readonly imageSize: number;
}

/** Defaults that hold for some runs. */
interface Rule {
  /** Which runs, as the help says it. */
  readonly of: string;
  readonly holds: (asked: Asked) => boolean;
  readonly values: Partial<Defaults>;
}

const BASE: Omit<Defaults, 'imageSize'> = {
  width: 1,
  param: 'ku',
  score: 'ku',
  sparsity: 0.5,
  period: 300,
  rate: 0.1,
  epochs: 100,
  warmup: 0,
  finalEpochs: 0,
  finalRate: 1e-5,
  batch: 128,
  evaluationBatch: 512,
  learningRate: 0.3,
  momentum: 0.9,
  weightDecay: 1e-4,
  engine: 'onnx',
  provider: DEFAULT_PROVIDER,
  backend: DEFAULT_BACKEND,
};

/** Departures from {@link BASE}; a later one goes before an earlier one. */
const RULES: readonly Rule[] = [
  { of: 'SGD', holds: ({ method }) => method === 'sgd', values: { learningRate: 0.01 } },
  {
    of: 'SGD of fully connected networks',
    holds: ({ fullyConnected, method }) => fullyConnected && method === 'sgd',
    values: { learningRate: 0.1 },
  },
  {
    of: 'ResNets',
    holds: ({ resnet }) => resnet,
    values: { sparsity: 0.6, learningRate: 0.1, weightDecay: 5e-4 },
  },
  { of: 'MNIST', holds: ({ data }) => data === 'mnist', values: { period: 5, epochs: 10 } },
  {
    of: 'images from 64 pixels on',
    holds: ({ imageSize }) => imageSize >= 64,
    values: {
      param: 'sc',
      sparsity: 0.7,
      period: 1000,
      epochs: 105,
      warmup: 5,
      finalEpochs: 5,
      evaluationBatch: 128,
      learningRate: 0.1,
      weightDecay: 1e-4,
    },
  },
  // Their scores move by smaller gradients: a slope of at most 1/4, and gates in [0, 1].
  { of: 'supermask', holds: ({ rule }) => rule === 'supermask', values: { learningRate: 10 } },
  { of: 'gates', holds: ({ rule }) => rule === 'gates', values: { learningRate: 3 } },
];

/** What a run is carried out with where nothing is said; no part of its spec. */
export const RUN_DEFAULTS = { seed: 1, root: 'runs', checkpointEpochs: 1, checkpointMinutes: 10 } as const;

/**
 * The authors' settings for CIFAR-10 (Conv6, ResNet-18 and -34) and ImageNet (ResNets). What they do not state is filled in from
 * the nearest: Conv2, Conv4 and Conv8 as Conv6; other ResNets as ResNet-18; a network description as ResNet-18 if it has batch norms,
 * else as Conv6, its image size its own; image folders as ImageNet from 64 pixels on, else as
 * CIFAR-10. Those of fully connected networks are Conv6's but for the learning rate of SGD, which is ours. MNIST's are ours: its 7,000 training digits make 55 iterations an epoch, and with K_per = 5 ten
 * epochs hold about as many randomizations (110) as a hundred of CIFAR-10 (117). Rules other than edge-popup have its settings; the learning
 * rates of supermask and gates are ours, tried on MNIST alone.
 */
export function defaultsFor(
  network: NetworkName | NetworkDescription,
  method: Method,
  data: string,
  size?: number,
  rule?: string,
): Defaults {
  const own = typeof network === 'string' ? undefined : network;
  const resnet = own ? own.layers.some((l) => l.type === 'batchNorm') : `${network}`.startsWith('resnet');
  const fullyConnected = typeof network === 'string' && isFullyConnected(network);
  const photographs = data === 'imagenet' || data.startsWith('folder:');
  const imageSize =
    size ??
    own?.inputShape[1] ??
    (photographs ? FOLDER_IMAGE_SIZE : fullyConnected && data === 'mnist' ? DIGIT_SIZE : 32);
  const asked: Asked = { resnet, fullyConnected, method, rule, data, imageSize };
  return Object.assign({ ...BASE, imageSize }, ...RULES.filter((r) => r.holds(asked)).map((r) => r.values));
}

/** A setting's default as the help says it: `default 300; MNIST 5; images from 64 pixels on 1000`. */
export function defaultText(key: Exclude<keyof Defaults, 'imageSize'>): string {
  const departures = RULES.filter(({ values }) => values[key] !== undefined);
  return [
    `default ${text(BASE[key])}`,
    ...departures.map(({ of, values }) => `${of} ${text(values[key]!)}`),
  ].join('; ');
}

const text = (value: string | number): string =>
  typeof value === 'number' && value !== 0 && value < 1e-3 ? value.toExponential() : String(value);
