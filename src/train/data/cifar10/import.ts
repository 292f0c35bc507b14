import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../../core/errors.js';
import { writeAtomic } from '../../../core/files.js';
import type { Progress } from '../../../core/progress.js';
import { decodeImage } from '../decode.js';
import { type Member, readMembers } from '../members.js';
import {
  binaryFiles,
  type CifarManifest,
  cifarClasses,
  cifarFolder,
  imageBytes,
  manifestFile,
  recordsPerFile as officialRecords,
  recordBytes,
  trainFiles,
} from './format.js';
import { readRecords } from './records.js';

const imagePath = /(?:^|\/)(train|test)\/([^/]+)\/([^/]+\.(?:jpe?g|png|bmp|webp))$/i;

/** What an import needs to know. */
export interface CifarImport {
  /** A folder, a .tar or a .tar.gz with the binary files or with train|test/<class>/<image>. */
  readonly from: string;
  /** Where the set came from, for the record; by default `from`. */
  readonly source?: string;
  readonly dataFolder: string;
  /** Whether a set that is there already is replaced. */
  readonly replace?: boolean;
  readonly progress?: Progress;
  /** Records in each file; other than 10,000 in tests alone. */
  readonly recordsPerFile?: number;
}

/**
 * Imports CIFAR-10 into `dataFolder`/cifar10 as binary files with a manifest. The folder appears whole or not at all.
 * Images decoded from JPEG copies make the set `CIFAR-10 (JPEG copies)`.
 *
 * @throws InputError if `from` holds no CIFAR-10, a file is damaged, or the set exists and `replace` is not asked for
 */
export async function importCifar10(options: CifarImport): Promise<CifarManifest> {
  const { from, dataFolder, recordsPerFile = officialRecords } = options;
  const target = cifarFolder(dataFolder);
  if (existsSync(target) && !options.replace)
    throw new InputError(target, 'exists already', 'pass --replace to import anew, or another --data-folder');
  const isBinary = (path: string) => binaryFiles.includes(basename(path));
  const members = await readMembers(from, (path) => isBinary(path) || imagePath.test(path));
  const binaries = members.filter(({ path }) => isBinary(path));
  const { files, jpeg } =
    binaries.length > 0
      ? pickBinaries(binaries, from)
      : await decodeImages(members, from, recordsPerFile, options.progress);
  const { hashes } = readRecords(
    files.map((bytes, f) => ({ path: `${from}, ${binaryFiles[f]}`, bytes })),
    recordsPerFile,
    'fetch it again',
  );
  const manifest: CifarManifest = {
    name: jpeg ? 'CIFAR-10 (JPEG copies)' : 'CIFAR-10',
    source: options.source ?? from,
    sha256: Object.fromEntries(binaryFiles.map((name, f) => [name, hashes[f]!])),
  };
  publish(target, [
    ...files.map((bytes, f) => [binaryFiles[f]!, bytes] as const),
    [manifestFile, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
  ]);
  return manifest;
}

/** The six files' bytes, in order, and whether they were decoded from JPEG. */
interface Files {
  readonly files: readonly Uint8Array[];
  readonly jpeg: boolean;
}

function pickBinaries(members: readonly Member[], from: string): Files {
  const found = new Map(members.map(({ path, bytes }) => [basename(path), bytes]));
  const files = binaryFiles.map((name) => {
    const bytes = found.get(name);
    if (bytes === undefined)
      throw new InputError(from, `has no ${name}`, `pass a folder or archive with ${binaryFiles.join(', ')}`);
    return bytes;
  });
  return { files, jpeg: false };
}

async function decodeImages(
  members: readonly Member[],
  from: string,
  recordsPerFile: number,
  progress: Progress | undefined,
): Promise<Files> {
  const images = members
    .map(({ path, bytes }) => {
      const [, split, className, file] = imagePath.exec(path)!;
      return { path, bytes, split: split!.toLowerCase(), className: className!, file: file! };
    })
    .sort((a, b) => order(b.split, a.split) || order(a.className, b.className) || order(a.file, b.file));
  requireClasses(images, from, recordsPerFile);
  const records = new Uint8Array(images.length * recordBytes);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < images.length) {
      const i = next++;
      const { path, bytes, className } = images[i]!;
      const at = i * recordBytes;
      records[at] = cifarClasses.indexOf(className as (typeof cifarClasses)[number]);
      await decodeInto(bytes, `${from}, ${path}`, records.subarray(at + 1, at + recordBytes));
      if (++done % 1000 === 0) progress?.(done, images.length);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  const length = recordsPerFile * recordBytes;
  const files = binaryFiles.map((_, f) => records.subarray(f * length, (f + 1) * length));
  return { files, jpeg: images.some(({ bytes }) => bytes[0] === 0xff && bytes[1] === 0xd8) };
}

function requireClasses(
  images: readonly { split: string; className: string }[],
  from: string,
  recordsPerFile: number,
): void {
  for (const split of ['train', 'test']) {
    const each = ((split === 'train' ? trainFiles.length : 1) * recordsPerFile) / cifarClasses.length;
    for (const name of cifarClasses) {
      const count = images.filter((i) => i.split === split && i.className === name).length;
      if (count !== each)
        throw new InputError(
          from,
          `holds ${count} images ${split}/${name}/*, not ${each}`,
          `pass CIFAR-10's binary files, or all its images as train|test/<class>/*`,
        );
    }
  }
  const other = images.find((i) => !cifarClasses.some((name) => name === i.className));
  if (other !== undefined)
    throw new InputError(
      from,
      `holds the class '${other.className}'`,
      `CIFAR-10's are ${cifarClasses.join(', ')}`,
    );
}

async function decodeInto(file: Uint8Array, name: string, out: Uint8Array): Promise<void> {
  const image = await decodeImage(file, 3).catch((error: Error) => {
    throw new InputError(name, `cannot be read as an image (${error.message})`, 'fetch the archive again');
  });
  if (image.height !== 32 || image.width !== 32)
    throw new InputError(name, `is ${image.width}x${image.height} pixels`, 'pass images of 32x32');
  for (let c = 0; c < 3; c++)
    for (let p = 0; p < imageBytes / 3; p++)
      out[(c * imageBytes) / 3 + p] = image.data[c * image.channelStride + p * image.step]!;
}

/** Writes a folder beside its place and moves it there, so that it is never seen in part. */
function publish(target: string, files: Iterable<readonly [string, Uint8Array]>): void {
  const fresh = `${target}.${process.pid}.tmp`;
  const old = `${target}.${process.pid}.old.tmp`;
  try {
    mkdirSync(fresh, { recursive: true });
    for (const [name, bytes] of files) writeAtomic(join(fresh, name), bytes);
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
  } catch (error) {
    if (existsSync(old)) renameSync(old, target);
    throw new InputError(
      target,
      `cannot be written (${(error as Error).message})`,
      'make room, or pass another --data-folder',
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
