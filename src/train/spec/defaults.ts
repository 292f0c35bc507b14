import type { NetworkDescription } from '../networks/description.js';
import type { NetworkName } from '../networks/index.js';
import type { Distribution } from '../prune/distributions.js';

/** What is trained: `sgd` the weights; `edge-popup` the scores of fixed weights; `iterand` scores, with pruned weights drawn anew. */
export const METHODS = ['sgd', 'edge-popup', 'iterand'] as const;
export type Method = (typeof METHODS)[number];

/** The settings that follow from network, method and data. */
export interface Defaults {
  readonly width: number;
  readonly imageSize: number;
  readonly param: Distribution;
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
}

const COMMON = { width: 1, batch: 128, momentum: 0.9, finalRate: 1e-5, rate: 0.1 };

/**
 * The authors' settings for CIFAR-10 (Conv6, ResNet-18 and -34) and ImageNet (ResNets). What they do not state is filled in from
 * the nearest: Conv2, Conv4 and Conv8 as Conv6; other ResNets as ResNet-18; a network description as ResNet-18 if it has batch norms,
 * else as Conv6, its image size its own; image folders as ImageNet from 64 pixels on, else as
 * CIFAR-10. MNIST's are ours: its 7,000 training digits make 55 iterations an epoch, and with K_per = 5 ten
 * epochs hold about as many randomizations (110) as a hundred of CIFAR-10 (117).
 */
export function defaultsFor(
  network: NetworkName | NetworkDescription,
  method: Method,
  data: string,
  size?: number,
): Defaults {
  const own = typeof network === 'string' ? undefined : network;
  const resnet = own ? own.layers.some((l) => l.type === 'batchNorm') : `${network}`.startsWith('resnet');
  const imageSize =
    size ?? own?.inputShape[1] ?? (data === 'imagenet' || data.startsWith('folder:') ? 224 : 32);
  if (imageSize >= 64)
    return {
      ...COMMON,
      imageSize,
      param: 'sc',
      sparsity: 0.7,
      period: 1000,
      epochs: 105,
      warmup: 5,
      finalEpochs: 5,
      evaluationBatch: 128,
      learningRate: 0.1,
      weightDecay: 1e-4,
    };
  return {
    ...COMMON,
    imageSize,
    param: 'ku',
    sparsity: resnet ? 0.6 : 0.5,
    period: data === 'mnist' ? 5 : 300,
    epochs: data === 'mnist' ? 10 : 100,
    warmup: 0,
    finalEpochs: 0,
    evaluationBatch: 512,
    learningRate: resnet ? 0.1 : method === 'sgd' ? 0.01 : 0.3,
    weightDecay: resnet ? 5e-4 : 1e-4,
  };
}
