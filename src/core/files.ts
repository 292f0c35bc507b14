import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from './errors.js';
import { fileError } from './file-error.js';

/**
 * Writes a file so that a reader sees the old bytes or the new ones, never a part: a temporary file beside it
 * is written, synced and renamed. Folders are made as needed.
 *
 * @throws InputError if it cannot be written; the old file is as it was
 */
export function writeAtomic(path: string, data: string | Uint8Array): void {
  const temporary = temporaryOf(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    try {
      const file = openSync(temporary, 'w');
      try {
        writeFileSync(file, data);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw fileError(path, error);
  }
}

/** The bytes of a file. @throws InputError if it cannot be read */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * Tries whether a file, or files in a folder, can be written at a path, so that work does not begin whose result has no place.
 * Nothing is left behind, and no folder is made that another process could meet.
 *
 * @param name how messages name it, e.g. `--out reports`
 * @throws InputError if it cannot
 */
export function requireWritable(name: string, path: string, kind: 'file' | 'folder'): void {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (kind === 'folder' && found && !found.isDirectory())
      throw new InputError(name, 'is not a folder', 'pass a folder, or a path that does not exist');
    if (kind === 'file' && found && !found.isFile())
      throw new InputError(
        name,
        `is ${found.isDirectory() ? 'a folder' : 'a device'}, not a file`,
        'name a file',
      );
    const folder = resolve(kind === 'file' ? dirname(path) : path);
    const above = nearestFolder(folder, kind === 'file' ? [basename(temporaryOf(path))] : []);
    const trial = join(above, `.iterand-trial.${process.pid}.tmp`);
    closeSync(openSync(trial, 'w'));
    rmSync(trial);
  } catch (error) {
    throw fileError(name, error);
  }
}

/** The nearest folder at or above a path that exists; the names below it are looked up in it, which fails for impossible ones. */
function nearestFolder(path: string, below: readonly string[]): string {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    return nearestFolder(dirname(path), [basename(path), ...below]);
  for (const name of below) statSync(join(path, name), { throwIfNoEntry: false });
  return path;
}

const temporaryOf = (path: string): string => `${path}.${process.pid}.tmp`;
