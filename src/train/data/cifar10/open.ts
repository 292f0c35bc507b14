import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { InputError } from '../../../core/errors.js';
import { type Dataset, imagenetMoments, memoryDataset, sharedBytes, splitOff } from '../dataset.js';
import {
  binaryFiles,
  cifarClasses,
  cifarFolder,
  fileBytes,
  imageBytes,
  manifestFile,
  recordBytes,
  recordsPerFile,
} from './format.js';

const trainCount = 50_000;
const validationCount = 5_000;

/** How an image reaches the network: the paper's augmentation and normalisation. */
export const cifarTransform = {
  channels: 3,
  size: 32,
  ...imagenetMoments,
  augment: { pad: 4, crop: true, flip: true },
  resize: 0,
} as const;

const manifestSchema = v.object({
  name: v.string(),
  source: v.string(),
  sha256: v.record(v.string(), v.string()),
});

/**
 * CIFAR-10 from the official binary files in `dataFolder`/cifar10 (or `dataFolder`/cifar-10-batches-bin, where the
 * archive unpacks): 45,000 images to train and 5,000 to validate, a fixed random split of the training files, and
 * 10,000 to test.
 *
 * @throws InputError if a file is missing, has a wrong length, checksum or label, or the class counts are not CIFAR-10's
 */
export function openCifar10(dataFolder: string): Dataset {
  const folder =
    [cifarFolder(dataFolder), join(dataFolder, 'cifar-10-batches-bin')].find((f) =>
      existsSync(join(f, binaryFiles[0]!)),
    ) ?? cifarFolder(dataFolder);
  return readCifarFolder(folder);
}

/** As {@link openCifar10}, from the folder that holds the files. */
export function readCifarFolder(folder: string): Dataset {
  const manifest = readManifest(folder);
  const total = binaryFiles.length * recordsPerFile;
  const pixels = sharedBytes(total * imageBytes);
  const labels = new Int32Array(total);
  const fingerprint = createHash('sha256');
  binaryFiles.forEach((name, f) => {
    const bytes = readBinary(join(folder, name));
    const hash = createHash('sha256').update(bytes).digest('hex');
    const expected = manifest?.sha256[name];
    if (expected !== undefined && expected !== hash)
      throw damaged(join(folder, name), `has SHA-256 ${hash}, not ${expected} as when it was imported`);
    fingerprint.update(hash);
    for (let r = 0; r < recordsPerFile; r++) {
      const at = r * recordBytes;
      const label = bytes[at]!;
      if (label > 9) throw damaged(join(folder, name), `record ${r} has the label ${label}, not 0 to 9`);
      const image = f * recordsPerFile + r;
      labels[image] = label;
      pixels.set(bytes.subarray(at + 1, at + recordBytes), image * imageBytes);
    }
  });
  requireCounts(labels.subarray(0, trainCount), 5000, `${folder}, training files`);
  requireCounts(labels.subarray(trainCount), 1000, join(folder, binaryFiles[5]!));
  const { rest, taken } = splitOff(trainCount, validationCount, 'cifar10');
  return memoryDataset({
    name: manifest?.name ?? 'CIFAR-10',
    fingerprint: fingerprint.digest('hex'),
    classes: cifarClasses,
    transform: cifarTransform,
    pixels,
    labels,
    splits: {
      train: rest,
      validation: taken,
      test: Int32Array.from({ length: total - trainCount }, (_, i) => trainCount + i),
    },
  });
}

/** The manifest an import left, or undefined where the files were put there by hand. */
export function readManifest(folder: string): v.InferOutput<typeof manifestSchema> | undefined {
  const path = join(folder, manifestFile);
  if (!existsSync(path)) return undefined;
  try {
    return v.parse(manifestSchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw damaged(path, `is no manifest (${(error as Error).message})`);
  }
}

function readBinary(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      path,
      missing ? 'does not exist' : `cannot be read (${(error as Error).message})`,
      "get CIFAR-10 with 'iterand data cifar10', or pass --data-folder",
    );
  }
  if (bytes.length !== fileBytes)
    throw damaged(path, `has ${bytes.length} bytes, not ${fileBytes} (10,000 records of 3,073)`);
  return bytes;
}

function requireCounts(labels: Int32Array, each: number, where: string): void {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]!++;
  const wrong = counts.findIndex((count) => count !== each);
  if (wrong >= 0)
    throw damaged(where, `holds ${counts[wrong]} images of class '${cifarClasses[wrong]}', not ${each}`);
}

function damaged(path: string, why: string): InputError {
  return new InputError(path, why, "import it again with 'iterand data cifar10 --replace'");
}
