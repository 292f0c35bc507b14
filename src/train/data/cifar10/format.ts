import { join } from 'node:path';

/** The ten classes, in the order of their labels (which is alphabetical). */
export const cifarClasses = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/** Bytes of an image: 32 x 32 red, then green, then blue. A record is a label byte and an image. */
export const imageBytes = 3072;
export const recordBytes = imageBytes + 1;
/** Records in each of the six files; functions take another number so that tests can be small. */
export const recordsPerFile = 10_000;

export const trainFiles = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
export const testFile = 'test_batch.bin';
export const binaryFiles = [...trainFiles, testFile];

/** What an import writes beside the binary files, last. */
export const manifestFile = 'manifest.json';

/** What a set is called in reports: one decoded from lossy copies is not the original. */
export const SET_NAMES = ['CIFAR-10', 'CIFAR-10 (JPEG copies)'] as const;

/** Where a set came from and what its files must hold. */
export interface CifarManifest {
  /** The set's name in reports. */
  readonly name: (typeof SET_NAMES)[number];
  /** What was imported: an address, or a path. */
  readonly source: string;
  /** SHA-256 of each binary file. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** The folder of the CIFAR-10 files inside a data folder. */
export const cifarFolder = (dataFolder: string) => join(dataFolder, 'cifar10');

/** The official archive of the binary files. */
export const officialArchive = {
  url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  size: 170_052_171,
  sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
} as const;
