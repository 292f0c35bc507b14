import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { JsonPart } from '../damager.js';

/** A kind of file that is damaged, and how it is read. */
export interface Kind {
  readonly name: string;
  /** Where the file lies; it is put back after each damage. */
  readonly path: string;
  /** What is damaged: the file's bytes, unless `file` makes them from these. */
  readonly bytes: Uint8Array;
  readonly file?: (bytes: Uint8Array) => Uint8Array;
  readonly json?: JsonPart;
  /** What the file means to the program. */
  readonly read: (path: string) => unknown;
  /** For files without a checksum, which others write: what a damaged one now says, by another reading. Any other meaning is a fault. */
  readonly now?: (bytes: Uint8Array, found: unknown) => unknown;
  /** What an error must name; by default the file. */
  readonly named?: string;
  /** A command that reads it. */
  readonly command?: readonly string[];
}

/** A kind whose file is written first. */
export function kind(
  name: string,
  path: string,
  bytes: string | Uint8Array,
  more: Omit<Kind, 'name' | 'path' | 'bytes'>,
): Kind {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  if (!existsSync(path)) writeFileSync(path, more.file ? more.file(data) : data);
  return { name, path, bytes: data, ...more };
}

/** A kind whose file is there. */
export const kindOf = (name: string, path: string, more: Omit<Kind, 'name' | 'path' | 'bytes'>): Kind =>
  kind(name, path, readFileSync(path), more);
