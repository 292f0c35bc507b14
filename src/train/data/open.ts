import { join } from 'node:path';
import { InputError, nearest, requireInteger, requireOneOf } from '../../core/errors.js';
import { type Dataset, PIXELS, type PixelScale } from './dataset.js';
import type { ContentOptions } from './folder.js';

/** Sets that are known by name; any image folder is `folder:PATH`. */
export const datasetNames = ['mnist', 'cifar10', 'imagenet'] as const;

/** Side in pixels of what the network sees of an image folder, unless it is said. */
export const FOLDER_IMAGE_SIZE = 224;

/** Whether `openDataset` knows what this name stands for. */
export function isKnownName(name: string): boolean {
  return (datasetNames as readonly string[]).includes(name) || /^folder:./.test(name);
}

/** Where data is looked for: the environment's ITERAND_DATA, or ./data. @throws InputError if that variable is set and empty */
export function defaultDataFolder(): string {
  const folder = process.env.ITERAND_DATA;
  if (folder === '')
    throw new InputError(
      'ITERAND_DATA',
      'is set but empty',
      'unset it, or let it name the folder of the data',
    );
  return folder ?? 'data';
}

/** Where a dataset is and how it is seen. */
export interface OpenOptions extends ContentOptions {
  /** The data folder; by default {@link defaultDataFolder}. */
  readonly dataFolder?: string;
  /** Side in pixels of what the network sees: of `folder:PATH` 224 by default, of `mnist` 32 by default or 28; the others have one. */
  readonly size?: number;
  /** Default `normalised`. */
  readonly pixels?: PixelScale;
}

/**
 * Opens a dataset: 'mnist', 'cifar10' (from `dataFolder`/cifar10), 'imagenet' (from `dataFolder`/imagenet) or
 * 'folder:PATH'.
 *
 * @throws InputError if the name is not known, or the data is missing or damaged
 */
export async function openDataset(name: string, options: OpenOptions = {}): Promise<Dataset> {
  requireDatasetName(name);
  const pixels = requireOneOf('pixels', options.pixels ?? 'normalised', PIXELS);
  const dataset = await openByName(name, options);
  return pixels === 'unit' ? withUnitPixels(dataset) : dataset;
}

function withUnitPixels(dataset: Dataset): Dataset {
  const { transform } = dataset;
  const each = (value: number) => transform.mean.map(() => value);
  return { ...dataset, transform: { ...transform, mean: each(0), std: each(1) } };
}

async function openByName(name: string, options: OpenOptions): Promise<Dataset> {
  if (name === 'mnist') return (await import('./mnist.js')).openMnist(options);
  const dataFolder = options.dataFolder ?? defaultDataFolder();
  if (name === 'cifar10') return (await import('./cifar10/open.js')).openCifar10(dataFolder);
  const { openFolder, imagenetOptions } = await import('./folder.js');
  if (name === 'imagenet') return openFolder(join(dataFolder, 'imagenet'), imagenetOptions, options);
  const size = requireInteger('imageSize', options.size ?? FOLDER_IMAGE_SIZE, 8, 1024);
  const path = name.slice('folder:'.length);
  return openFolder(path, { name: path, size, validation: 0.1 }, options);
}

/** A name that {@link openDataset} takes. @throws InputError that names the nearest one */
export function requireDatasetName(name: string): string {
  if (isKnownName(name)) return name;
  const near = nearest(name, datasetNames);
  throw new InputError(
    `data '${name}'`,
    `must be ${datasetNames.join(', ')} or folder:PATH`,
    near === undefined ? 'choose one of these' : `did you mean '${near}'`,
  );
}
