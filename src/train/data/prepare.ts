/**
 * What puts data sets in place and looks them through. Their decoders and archive readers are loaded when they are called, so that a
 * program that trains on images in memory loads none.
 */
export type { CheckResult } from './check.js';
export { officialArchive } from './cifar10/format.js';
export type { CifarImport } from './cifar10/import.js';
export type { DownloadOptions, RemoteFile } from './download.js';

/** Reads every image of a dataset, and names those that cannot be read. */
export const checkDataset: typeof import('./check.js').checkDataset = async (...given) =>
  (await import('./check.js')).checkDataset(...given);

/**
 * Imports CIFAR-10 into `dataFolder`/cifar10 from an archive or a folder. The set appears whole or not at all.
 *
 * @throws InputError if `from` holds no CIFAR-10, a file is damaged, or the set exists and `replace` is not asked for
 */
export const importCifar10: typeof import('./cifar10/import.js').importCifar10 = async (...given) =>
  (await import('./cifar10/import.js')).importCifar10(...given);

/** Downloads a file whose size and SHA-256 are known, such as {@link officialArchive}; goes on where an earlier try broke. */
export const download: typeof import('./download.js').download = async (...given) =>
  (await import('./download.js')).download(...given);
