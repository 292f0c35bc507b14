import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';
import { type Dataset, imagenetMoments, type Split, splitOff, type Transform } from './dataset.js';
import { type ClassFiles, hashFolder } from './folder-hash.js';
import { stampFiles } from './folder-stamps.js';

const imageName = /\.(?:jpe?g|png|bmp|webp|gif|tiff?)$/i;

/** How an image folder is read. */
export interface FolderOptions {
  /** As reports name the set. */
  readonly name: string;
  /** Side in pixels of what the network sees. */
  readonly size: number;
  /** Share of the training images taken for validation where the folder has no set of its own for it. */
  readonly validation: number;
}

/** How its content becomes known. */
export interface ContentOptions {
  /** Whether the files are read, for the fingerprint to cover what they hold (the default); else it covers their names alone. */
  readonly contents?: boolean;
  /** Told of files read, of those that have to be, once that takes more than a second. */
  readonly progress?: Progress;
}

/** ImageNet: 224 pixels, 99:1 split of the training set, val/ to test. */
export const imagenetOptions: FolderOptions = { name: 'ImageNet', size: 224, validation: 0.01 };

/** Crops and sizes of ImageNet training (RandomResizedCrop, flip; resize 256 and centre 224), at any size. */
export function photographTransform(size: number): Transform {
  return {
    channels: 3,
    size,
    ...imagenetMoments,
    augment: { pad: 0, crop: true, flip: true },
    resize: Math.round((size * 256) / 224),
  };
}

/**
 * A folder of images, train/<class>/* with test/ or val/ beside it; classes are the class folders' names in sorted
 * order. With test/ and val/ both, val/ validates; with one of them it tests, and a fixed random share of train/
 * validates. Files are read for the fingerprint alone, and not again while their sizes and times stay (docs/decisions.md).
 *
 * @throws InputError if train/ or the test folder is missing or empty, or holds a class that train/ has not
 */
export async function openFolder(
  root: string,
  options: FolderOptions,
  { contents = true, progress }: ContentOptions = {},
): Promise<Dataset> {
  const classes = folders(join(root, 'train'));
  if (classes.length === 0)
    throw new InputError(join(root, 'train'), 'holds no class folders', 'lay images out as train/<class>/*');
  const files: string[] = [];
  const labels: number[] = [];
  const names = createHash('sha256');
  const listed: ClassFiles[] = [];
  const add = (split: string): Int32Array => {
    const start = files.length;
    const known = new Map(classes.map((name, label) => [name, label]));
    for (const name of split === 'train' ? classes : folders(join(root, split))) {
      const label = known.get(name);
      if (label === undefined)
        throw new InputError(
          join(root, split, name),
          'is a class that train/ has not',
          'remove or rename it',
        );
      const found = images(join(root, split, name));
      listed.push({ path: `${split}/${name}`, names: found });
      for (const file of found) {
        names.update(`${split}/${name}/${file}\n`);
        files.push(join(root, split, name, file));
        labels.push(label);
      }
    }
    if (files.length === start)
      throw new InputError(join(root, split), 'holds no images', `lay images out as ${split}/<class>/*`);
    return Int32Array.from({ length: files.length - start }, (_, i) => start + i);
  };
  const parts = splitsOf(root, add, options.validation);
  const byName = names.digest('hex');
  const hashing = { memory: stampFiles(root), ...(progress ? { progress } : {}) };
  return {
    name: options.name,
    ...(contents
      ? { fingerprint: `images-2:${await hashFolder(root, listed, hashing)}`, formerFingerprints: [byName] }
      : { fingerprint: byName }),
    classes,
    channels: 3,
    size: options.size,
    transform: photographTransform(options.size),
    source: { kind: 'files', files },
    labels: Int32Array.from(labels),
    indices: (split) => parts[split],
    count: (split) => parts[split].length,
    async raw(index) {
      const { decodeImage } = await import('./decode.js');
      const { data, height, width, step, channelStride } = await decodeImage(files[index]!, 3);
      const planes = new Uint8Array(3 * height * width);
      for (let i = 0; i < planes.length; i++) {
        const c = Math.floor(i / (height * width));
        planes[i] = data[c * channelStride + (i - c * height * width) * step]!;
      }
      return { data: planes, channels: 3, height, width };
    },
  };
}

function splitsOf(
  root: string,
  add: (split: string) => Int32Array,
  validation: number,
): Record<Split, Int32Array> {
  const present = new Set(folders(root));
  const train = add('train');
  if (present.has('val') && present.has('test')) return { train, validation: add('val'), test: add('test') };
  const tests = ['val', 'test'].find((name) => present.has(name));
  if (tests === undefined)
    throw new InputError(root, 'has neither val/ nor test/', 'lay test images out as val/<class>/*');
  const test = add(tests);
  const { rest, taken } = splitOff(
    train.length,
    Math.max(1, Math.round(validation * train.length)),
    'folder',
  );
  return { train: rest, validation: taken, test };
}

function folders(path: string): string[] {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      path,
      missing ? 'does not exist' : `cannot be listed (${(error as Error).message})`,
      'pass a folder with train/<class>/* and val/<class>/* as --data-folder or folder:PATH',
    );
  }
  // A link to a class folder counts: sets are often assembled of links.
  return entries
    .filter((e) => (e.isDirectory() || e.isSymbolicLink()) && !e.name.startsWith('.'))
    .map((e) => e.name)
    .sort();
}

function images(path: string): string[] {
  return list(path)
    .filter((e) => !e.isDirectory() && imageName.test(e.name) && !e.name.startsWith('.'))
    .map((e) => e.name)
    .sort();
}

const list = (path: string) => readdirSync(path, { withFileTypes: true });
