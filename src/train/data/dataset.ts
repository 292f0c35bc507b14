import { InputError, requireInteger, requireNumber } from '../../core/errors.js';
import { stream } from '../../core/rng.js';

export const splits = ['train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

/** What is done to an image on its way to the network; plain data, so that it crosses to workers. */
export interface Transform {
  /** 1 or 3. */
  readonly channels: number;
  /** Side in pixels of what the network sees. */
  readonly size: number;
  /** Per channel, in units of [0, 1] pixel values. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Training only: zero border before the crop, RandomResizedCrop to `size`, horizontal flip. */
  readonly augment: { readonly pad: number; readonly crop: boolean; readonly flip: boolean };
  /** Evaluation only: the shorter side is resized to this, then the centre is cropped; 0 takes the image as it is. */
  readonly resize: number;
}

/** Mean and standard deviation of ImageNet's pixels, which the paper also uses for CIFAR-10. */
export const imagenetMoments = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** Side in pixels of an MNIST digit without the border that pads it to 32, for fully connected networks. */
export const DIGIT_SIZE = 28;

/** What the network sees of a pixel: `normalised` by the data's mean and deviation, or `unit`, its value in [0, 1]. */
export const PIXELS = ['normalised', 'unit'] as const;
export type PixelScale = (typeof PIXELS)[number];

/** Where the pixels are: shared memory [image, channel, height, width], or files decoded when needed. */
export type Source =
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array }
  | { readonly kind: 'files'; readonly files: readonly string[] };

/** One image as stored: 8-bit values [channels, height, width]. */
export interface RawImage {
  readonly data: Uint8Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Labelled images with fixed splits. Image indices count the whole set, all splits together. `openDataset` and `pixelDataset` make one;
 * an object of one's own serves as well, and `openPipeline` checks that its parts fit.
 */
export interface Dataset {
  /** As reports name it. */
  readonly name: string;
  /** Of what the images are: pixels and labels, or for folders the names and contents of the files. Another fingerprint, other data. */
  readonly fingerprint: string;
  /** What earlier versions called the same data, as far as they could tell: runs and tickets that hold one of these are of this data. */
  readonly formerFingerprints?: readonly string[];
  /** Names of the classes, at least 2. */
  readonly classes: readonly string[];
  /** Of an image as the network sees it: [channels, size, size]. */
  readonly channels: number;
  readonly size: number;
  readonly transform: Transform;
  readonly source: Source;
  /** Class of each image, from 0. */
  readonly labels: Int32Array;
  /** Indices of a split's images, ascending. */
  indices(split: Split): Int32Array;
  count(split: Split): number;
  /** One image as stored, before any transform. */
  raw(index: number): Promise<RawImage>;
}

/** Whether a fingerprint that a run or ticket holds is this data's, in the present form or an earlier one. */
export function isOfData(
  fingerprint: string,
  data: Pick<Dataset, 'fingerprint' | 'formerFingerprints'>,
): boolean {
  return fingerprint === data.fingerprint || (data.formerFingerprints ?? []).includes(fingerprint);
}

/**
 * Takes `count` of `n` images out for validation, the same ones for every run and seed.
 *
 * @returns ascending indices of the rest and of the ones taken out
 */
export function splitOff(n: number, count: number, name: string): { rest: Int32Array; taken: Int32Array } {
  const order = permutation(n, name);
  return { rest: order.slice(count).sort(), taken: order.slice(0, count).sort() };
}

/** The seed of every split: part of what a dataset is, never changed. */
const splitSeed = 0;

function permutation(n: number, name: string): Int32Array {
  return shuffled(n, stream(splitSeed, 'split', name).uniform);
}

/** A uniform random order of 0 ... n-1 (Fisher and Yates). */
export function shuffled(n: number, uniform: () => number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    const swap = order[i]!;
    order[i] = order[j]!;
    order[j] = swap;
  }
  return order;
}

/** An array of bytes in memory that workers share. */
export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** A {@link Dataset} of equal square images held in memory. */
export function memoryDataset(parts: {
  readonly name: string;
  readonly fingerprint: string;
  readonly classes: readonly string[];
  readonly transform: Transform;
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly splits: Readonly<Record<Split, Int32Array>>;
}): Dataset {
  const { channels, size } = parts.transform;
  const area = channels * size * size;
  return {
    name: parts.name,
    fingerprint: parts.fingerprint,
    classes: parts.classes,
    channels,
    size,
    transform: parts.transform,
    source: { kind: 'pixels', pixels: parts.pixels },
    labels: parts.labels,
    indices: (split) => parts.splits[split],
    count: (split) => parts.splits[split].length,
    raw: async (index) => ({
      data: parts.pixels.slice(index * area, (index + 1) * area),
      channels,
      height: size,
      width: size,
    }),
  };
}

/**
 * Checks that a dataset's parts fit one another.
 *
 * @throws InputError that names the set and what does not fit
 */
export function requireDataset(dataset: Dataset): Dataset {
  const { name, classes, channels, size, transform, source, labels } = dataset;
  const { mean, std } = transform;
  requireInteger(`${name}: classes`, classes.length, 2, 1_000_000);
  if (transform.channels !== channels || transform.size !== size)
    throw misfit(
      name,
      'transform is for images of another shape',
      `make it for [${channels}, ${size}, ${size}]`,
    );
  for (const [key, values, low] of [
    ['mean', mean, -Number.MAX_VALUE],
    ['std', std, Number.MIN_VALUE],
  ] as const) {
    if (values.length !== channels)
      throw misfit(name, `${key} holds ${values.length} values`, `give ${channels}`);
    for (const value of values) requireNumber(`${name}: ${key}`, value, low, Number.MAX_VALUE);
  }
  const held =
    source.kind === 'files' ? source.files.length : source.pixels.length / (channels * size * size);
  if (held !== labels.length)
    throw misfit(name, `${labels.length} labels are given for ${held} images`, 'give one label an image');
  requireWithin(`${name}: label`, labels, classes.length);
  for (const split of splits) {
    const indices = dataset.indices(split);
    if (indices.length !== dataset.count(split))
      throw misfit(name, `count('${split}') is not the number of its indices`, 'count the indices');
    requireWithin(`${name}: index of the ${split} split`, indices, labels.length);
  }
  return dataset;
}

function misfit(name: string, rule: string, fix: string): InputError {
  return new InputError(`data '${name}'`, rule, fix);
}

function requireWithin(what: string, values: Int32Array, end: number): void {
  for (const value of values) if (!(value >= 0 && value < end)) requireInteger(what, value, 0, end - 1);
}
