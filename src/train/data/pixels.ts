import { createHash } from 'node:crypto';
import { InputError, requireInteger } from '../../core/errors.js';
import {
  type Dataset,
  memoryDataset,
  requireDataset,
  type Split,
  sharedBytes,
  splits as splitNames,
  splitOff,
  type Transform,
} from './dataset.js';

/** Square 8-bit images of one's own, in memory. */
export interface PixelImages {
  /** As runs and reports name the set; not a name that `openDataset` knows. */
  readonly name: string;
  /** Names of the classes, at least 2. */
  readonly classes: readonly string[];
  /** [n, channels, size, size], row-major. */
  readonly pixels: Uint8Array;
  /** n classes, from 0. */
  readonly labels: ArrayLike<number>;
  readonly channels: number;
  /** Side of an image in pixels. */
  readonly size: number;
  /** Indices of the images of each split; by default a fixed random 8:1:1. */
  readonly splits?: Readonly<Record<Split, ArrayLike<number>>>;
  /** Mean and deviation per channel, in units of [0, 1] pixel values; by default those of the training images. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** What training does to an image; by default nothing. */
  readonly augment?: Partial<Transform['augment']>;
}

/**
 * A dataset of images in memory: pass it to `openPipeline`, or to `trainRun` as `dataset`. The pixels are copied.
 *
 * @throws InputError if the parts do not fit: lengths, labels, indices, moments
 */
export function pixelDataset(images: PixelImages): Dataset {
  const { name, classes, pixels, channels, size } = images;
  requireInteger(`${name}: channels`, channels, 1, 1024);
  requireInteger(`${name}: size`, size, 1, 65_536);
  const labels = Int32Array.from(images.labels);
  const area = channels * size * size;
  if (pixels.length !== labels.length * area)
    throw new InputError(
      `${name}: ${pixels.length} pixel values`,
      `${labels.length} images of [${channels}, ${size}, ${size}] hold ${labels.length * area}`,
      'pass [n, channels, size, size] in one Uint8Array, and n labels',
    );
  const splits = images.splits ? sorted(images.splits) : randomSplits(labels.length);
  const moments = momentsOf(pixels, splits.train, channels, size * size);
  const transform: Transform = {
    channels,
    size,
    mean: images.mean ?? moments.mean,
    std: images.std ?? moments.std,
    augment: { pad: 0, crop: false, flip: false, ...images.augment },
    resize: 0,
  };
  const shared = sharedBytes(pixels.length);
  shared.set(pixels);
  const parts = { name, classes, transform, pixels: shared, labels, splits };
  return requireDataset(memoryDataset({ ...parts, fingerprint: fingerprint(parts) }));
}

const sorted = (given: Readonly<Record<Split, ArrayLike<number>>>) =>
  Object.fromEntries(
    splitNames.map((split) => [split, Int32Array.from(given[split] ?? []).sort()]),
  ) as Record<Split, Int32Array>;

function randomSplits(n: number): Record<Split, Int32Array> {
  const tenth = Math.max(1, Math.floor(n / 10));
  requireInteger('images', n, 3, Number.MAX_SAFE_INTEGER);
  const { rest, taken: test } = splitOff(n, tenth, 'pixels');
  const inner = splitOff(rest.length, tenth, 'pixels validation');
  return { train: inner.rest.map((i) => rest[i]!), validation: inner.taken.map((i) => rest[i]!), test };
}

/** Mean and deviation of each channel over the images at `indices`; a constant channel has deviation 1. */
function momentsOf(pixels: Uint8Array, indices: Int32Array, channels: number, plane: number) {
  const mean: number[] = [];
  const std: number[] = [];
  for (let c = 0; c < channels; c++) {
    const counts = new Float64Array(256);
    for (const i of indices) {
      const at = (i * channels + c) * plane;
      for (let p = at; p < at + plane; p++) counts[pixels[p]!]!++;
    }
    const total = indices.length * plane || 1;
    const m = counts.reduce((sum, n, v) => sum + (n * v) / 255, 0) / total;
    const variance = counts.reduce((sum, n, v) => sum + n * (v / 255 - m) ** 2, 0) / total;
    mean.push(m);
    std.push(variance > 0 ? Math.sqrt(variance) : 1);
  }
  return { mean, std };
}

function fingerprint({
  classes,
  transform,
  pixels,
  labels,
  splits,
}: Omit<Parameters<typeof memoryDataset>[0], 'name' | 'fingerprint'>) {
  const digest = createHash('sha256').update(JSON.stringify({ classes, transform })).update(pixels);
  for (const values of [labels, splits.train, splits.validation, splits.test])
    digest.update(`${values.length} `).update(values);
  return digest.digest('hex');
}
