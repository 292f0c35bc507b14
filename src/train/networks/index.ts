import { InputError, requireInteger, requireOneOf } from '../../core/errors.js';
import { convNetwork } from './conv.js';
import type { NetworkDescription } from './description.js';
import { isWidthsName, LENET_HIDDEN, mlp, mlpOfWidths, type WidthsName } from './mlp.js';
import { type ResnetShape, resnet, type Stem } from './resnet.js';

const RESNETS: Readonly<Record<'resnet18' | 'resnet34' | 'resnet50' | 'resnet101', ResnetShape>> = {
  resnet18: { name: 'resnet18', blocks: [2, 2, 2, 2], expansion: 1 },
  resnet34: { name: 'resnet34', blocks: [3, 4, 6, 3], expansion: 1 },
  resnet50: { name: 'resnet50', blocks: [3, 4, 6, 3], expansion: 4 },
  resnet101: { name: 'resnet101', blocks: [3, 4, 23, 3], expansion: 4 },
};
const PAIRS = { conv2: 1, conv4: 2, conv6: 3, conv8: 4 } as const;

/** The networks by name; fully connected ones also go by their widths (`784-500-10`). */
export const NETWORK_NAMES = [
  'conv2',
  'conv4',
  'conv6',
  'conv8',
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
  'lenet-300-100',
] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number] | WidthsName;

/** What may stand where a network is named, for help texts. */
export const NETWORK_CHOICES = [...NETWORK_NAMES, 'widths such as 784-500-10'] as const;

/** A name of {@link NETWORK_NAMES}, or the widths d_0-...-d_l of a fully connected network. @throws InputError that names the nearest */
export function requireNetworkName(name: string): NetworkName {
  return isWidthsName(name) ? name : (requireOneOf('network', name, NETWORK_CHOICES) as NetworkName);
}

/** Whether a network is fully connected layers alone. */
export const isFullyConnected = (name: NetworkName): boolean =>
  name === 'lenet-300-100' || isWidthsName(name);

/** Whether layers have biases, which SGD trains. */
export const BIASES = ['trained', 'none'] as const;
export type Biases = (typeof BIASES)[number];

/** Which network, how wide, for which images. */
export interface NetworkSpec {
  readonly network: NetworkName;
  /** Factor on the channels, greater than 0; 1 is the published network. */
  readonly width?: number;
  /** 1 or 3; default 3. */
  readonly channels?: number;
  /** Height and width of an image; default 32. */
  readonly imageSize?: number;
  /** Default 10. */
  readonly classes?: number;
  /** ResNets only; default: `imagenet` from 64 pixels on, else `cifar`. */
  readonly stem?: Stem;
  /** `none`: no convolution and no dense layer has a bias; default `trained`, each has that the published network has. */
  readonly biases?: Biases;
}

/**
 * The description of a network.
 *
 * @throws InputError for an unknown name, a width that leaves a layer without channels, an image too small for the pooling, widths that
 *   are not those of the images and classes
 */
export function describeNetwork(spec: NetworkSpec): NetworkDescription {
  const name = requireNetworkName(spec.network);
  const { width = 1, channels = 3, imageSize = 32, classes = 10 } = spec;
  if (!(Number.isFinite(width) && width > 0))
    throw new InputError(`width ${width}`, 'must be a number greater than 0', 'pass a width such as 0.25');
  if (channels !== 1 && channels !== 3)
    throw new InputError(`channels ${channels}`, 'must be 1 or 3', 'pass 1 for grey images, 3 for colour');
  requireInteger('imageSize', imageSize, 1, 4096);
  requireInteger('classes', classes, 2, 1_000_000);
  const biases = requireOneOf('biases', spec.biases ?? 'trained', BIASES);
  const network = byName(name, width, [channels, imageSize, imageSize], classes, spec.stem);
  return biases === 'none' ? withoutBiases(network) : network;
}

function byName(
  name: NetworkName,
  width: number,
  shape: readonly [number, number, number],
  classes: number,
  givenStem: Stem | undefined,
): NetworkDescription {
  if (isWidthsName(name)) return mlpOfWidths(name, width, shape, classes);
  if (name === 'lenet-300-100') return mlp(name, LENET_HIDDEN, width, shape, classes);
  if (name in PAIRS) return convNetwork(PAIRS[name as keyof typeof PAIRS], width, shape, classes);
  const stem = requireOneOf('stem', givenStem ?? (shape[1] >= 64 ? 'imagenet' : 'cifar'), [
    'cifar',
    'imagenet',
  ]);
  return resnet(RESNETS[name as keyof typeof RESNETS], width, shape, classes, stem);
}

const withoutBiases = (network: NetworkDescription): NetworkDescription => ({
  ...network,
  layers: network.layers.map((layer) => ('bias' in layer ? { ...layer, bias: false } : layer)),
});
