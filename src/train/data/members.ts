import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { list, type ReadEntry } from 'tar';
import { InputError } from '../../core/errors.js';

/** A file inside a folder or an archive: its path there, with '/', and its bytes. */
export interface Member {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Larger members are passed over: no image or data file of a set this size comes near it. */
const largest = 64 * 2 ** 20;

/**
 * Reads the wanted files of a folder, a .tar or a .tar.gz. An archive is never unpacked to the disk, so that its
 * paths and links reach nothing.
 *
 * @param from path of the folder or archive
 * @param wanted says by path which files to read
 * @throws InputError if `from` does not exist or is no complete tar archive
 */
export async function readMembers(from: string, wanted: (path: string) => boolean): Promise<Member[]> {
  const kind = await stat(from).catch(() => undefined);
  if (kind === undefined)
    throw new InputError(`--from ${from}`, 'does not exist', 'pass a folder, a .tar or a .tar.gz');
  return kind.isDirectory() ? fromFolder(from, wanted) : fromArchive(from, wanted);
}

async function fromFolder(from: string, wanted: (path: string) => boolean): Promise<Member[]> {
  const members: Member[] = [];
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const path = relative(from, file).split(sep).join('/');
    if (wanted(path)) members.push({ path, bytes: await readFile(file) });
  }
  return members;
}

async function fromArchive(from: string, wanted: (path: string) => boolean): Promise<Member[]> {
  const members: Member[] = [];
  const reading: Promise<void>[] = [];
  const onReadEntry = (entry: ReadEntry) => {
    const path = entry.path.replace(/^\.\//, '');
    if ((entry.type !== 'File' && entry.type !== 'OldFile') || entry.size > largest || !wanted(path)) return;
    reading.push(
      entry.concat().then((bytes) => {
        members.push({ path, bytes: bytes as Uint8Array });
      }),
    );
  };
  try {
    await list({ file: from, strict: true, onReadEntry });
    await Promise.all(reading);
  } catch (error) {
    throw new InputError(
      from,
      `is no complete .tar or .tar.gz archive (${(error as Error).message})`,
      'fetch it again',
    );
  }
  return members;
}
