import { InputError, requireInteger, requireOneOf } from '../../core/errors.js';
import { convNetwork } from './conv.js';
import type { NetworkDescription } from './description.js';
import { type ResnetShape, resnet, type Stem } from './resnet.js';

const RESNETS: Readonly<Record<'resnet18' | 'resnet34' | 'resnet50' | 'resnet101', ResnetShape>> = {
  resnet18: { name: 'resnet18', blocks: [2, 2, 2, 2], expansion: 1 },
  resnet34: { name: 'resnet34', blocks: [3, 4, 6, 3], expansion: 1 },
  resnet50: { name: 'resnet50', blocks: [3, 4, 6, 3], expansion: 4 },
  resnet101: { name: 'resnet101', blocks: [3, 4, 23, 3], expansion: 4 },
};
const PAIRS = { conv2: 1, conv4: 2, conv6: 3, conv8: 4 } as const;

/** The networks by name. */
export const NETWORK_NAMES = [
  'conv2',
  'conv4',
  'conv6',
  'conv8',
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

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
}

/**
 * The description of a network.
 *
 * @throws InputError for an unknown name, a width that leaves a layer without channels, an image too small for the pooling
 */
export function describeNetwork(spec: NetworkSpec): NetworkDescription {
  const name = requireOneOf('network', spec.network, NETWORK_NAMES);
  const { width = 1, channels = 3, imageSize = 32, classes = 10 } = spec;
  if (!(Number.isFinite(width) && width > 0))
    throw new InputError(`width ${width}`, 'must be a number greater than 0', 'pass a width such as 0.25');
  if (channels !== 1 && channels !== 3)
    throw new InputError(`channels ${channels}`, 'must be 1 or 3', 'pass 1 for grey images, 3 for colour');
  requireInteger('imageSize', imageSize, 1, 4096);
  requireInteger('classes', classes, 2, 1_000_000);
  const shape = [channels, imageSize, imageSize] as const;
  if (name in PAIRS) return convNetwork(PAIRS[name as keyof typeof PAIRS], width, shape, classes);
  const stem = requireOneOf('stem', spec.stem ?? (imageSize >= 64 ? 'imagenet' : 'cifar'), [
    'cifar',
    'imagenet',
  ]);
  return resnet(RESNETS[name as keyof typeof RESNETS], width, shape, classes, stem);
}
