import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { InputError } from '../../../core/errors.js';
import { readBytes } from '../../../core/files.js';
import { parseJson } from '../../../core/json.js';
import { parseStrict } from '../../../runs/spec.js';
import { type Dataset, imagenetMoments, memoryDataset, splitOff } from '../dataset.js';
import {
  binaryFiles,
  type CifarManifest,
  cifarClasses,
  cifarFolder,
  manifestFile,
  recordsPerFile as officialRecords,
  SET_NAMES,
  trainFiles,
} from './format.js';
import { type BinaryFile, readRecords } from './records.js';

/** One training image in ten validates. */
const validationShare = 0.1;

/** How an image reaches the network: the paper's augmentation and normalisation. */
export const cifarTransform = {
  channels: 3,
  size: 32,
  ...imagenetMoments,
  augment: { pad: 4, crop: true, flip: true },
  resize: 0,
} as const;

/** Every binary file is there, so that none is read unchecked. */
const manifestSchema = v.strictObject({
  name: v.picklist(SET_NAMES),
  source: v.string(),
  sha256: v.strictObject(
    Object.fromEntries(
      binaryFiles.map((file) => [file, v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256'))]),
    ),
  ),
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
export function readCifarFolder(folder: string, recordsPerFile = officialRecords): Dataset {
  const manifest = readManifest(folder);
  const files = binaryFiles.map((name) => readBinary(join(folder, name)));
  const { pixels, labels, hashes } = readRecords(files, recordsPerFile, importAgain);
  binaryFiles.forEach((name, f) => {
    const expected = manifest?.sha256[name];
    if (manifest !== undefined && expected !== hashes[f])
      throw damaged(files[f]!.path, `has SHA-256 ${hashes[f]}, not ${expected} as when it was imported`);
  });
  const total = labels.length;
  const trainCount = trainFiles.length * recordsPerFile;
  const { rest, taken } = splitOff(trainCount, trainCount * validationShare, 'cifar10');
  return memoryDataset({
    name: manifest?.name ?? 'CIFAR-10',
    fingerprint: createHash('sha256').update(hashes.join('\n')).digest('hex'),
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
export function readManifest(folder: string): CifarManifest | undefined {
  const path = join(folder, manifestFile);
  if (!existsSync(path)) return undefined;
  try {
    return parseStrict(path, manifestSchema, parseJson(readBytes(path), path));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw damaged(path, `is no manifest of an import (${error.what.replace(`${path}: `, '')} ${error.rule})`);
  }
}

function readBinary(path: string): BinaryFile {
  try {
    return { path, bytes: readFileSync(path) };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      path,
      missing ? 'does not exist' : `cannot be read (${(error as Error).message})`,
      "get CIFAR-10 with 'iterand data cifar10', or pass --data-folder",
    );
  }
}

const importAgain = "import it again with 'iterand data cifar10 --replace'";

function damaged(path: string, why: string): InputError {
  return new InputError(path, why, importAgain);
}
