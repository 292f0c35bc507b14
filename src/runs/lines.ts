import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type * as v from 'valibot';
import type { InputError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { readBytes } from '../core/files.js';
import { parseJson } from '../core/json.js';
import { damaged, readingStored } from './damage.js';
import { parseStrict, type StrictSchema } from './spec.js';

/** What the lines of a file hold. */
export interface LineKind<S extends StrictSchema> {
  readonly schema: S;
  /** Key whose value is the line's number, from 0. */
  readonly number: string;
}

/** The start of a file of lines. */
export interface Prefix {
  readonly bytes: number;
  /** Of those bytes, in hexadecimal digits; versions that wrote none left it out. */
  readonly sha256?: string | undefined;
}

export interface HashedPrefix extends Prefix {
  readonly sha256: string;
}

const RESTORE = 'restore the file, or start the run anew in another --out folder';

/** A file of JSON lines that only grows while it is open. */
export class JsonLines {
  readonly #file: number;
  readonly #hash: Hash;
  #length: number;

  /**
   * @param keep what to keep of the file; the rest, written after the checkpoint that is resumed, is cut off
   * @param kind of the lines, by which an error says which of them is damaged
   * @throws InputError if the file does not start so, or cannot be opened; the file is as it was
   */
  constructor(
    readonly path: string,
    keep: Prefix,
    kind?: LineKind<StrictSchema>,
  ) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#file = openSync(path, 'a+');
    } catch (error) {
      throw fileError(path, error);
    }
    this.#length = keep.bytes;
    try {
      this.#hash = hashOf(path, this.#file, keep.bytes);
      if (keep.sha256 !== undefined && keep.sha256 !== hex(this.#hash))
        throw otherBytes(path, keep.bytes, kind);
      ftruncateSync(this.#file, keep.bytes);
    } catch (error) {
      this.close();
      throw fileError(path, error);
    }
  }

  /** What was written so far. */
  get written(): HashedPrefix {
    return { bytes: this.#length, sha256: hex(this.#hash) };
  }

  /** Appends one record. It reaches the file at once, the disk at {@link sync}. */
  append(record: object): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let done = 0; done < line.length; ) done += writeSync(this.#file, line, done);
    } catch (error) {
      throw fileError(this.path, error);
    }
    this.#hash.update(line);
    this.#length += line.length;
  }

  /** Returns when all records are on the disk. */
  sync(): void {
    try {
      fsyncSync(this.#file);
    } catch (error) {
      throw fileError(this.path, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Bytes of a file up to the end of its last whole line; a killed process may have left one without its end. 0 if there is no file. */
export function wholeLines(path: string): number {
  return existsSync(path) ? readBytes(path).lastIndexOf('\n') + 1 : 0;
}

/** What is known of a file of lines before it is read. */
export interface Known {
  /** What it must start with. */
  readonly start: Prefix;
  /** What follows that is read, left out, or an error. */
  readonly rest: 'read' | 'leave' | 'refuse';
}

/**
 * The records of a file of JSON lines; a last line without its end, left by a killed process, is not one. Empty if there is no file.
 *
 * @throws InputError that names the file, and the line if it can be told
 */
export function readJsonLines<S extends StrictSchema>(
  path: string,
  kind: LineKind<S>,
  { start, rest }: Known = { start: { bytes: 0 }, rest: 'read' },
): v.InferOutput<S>[] {
  const bytes = existsSync(path) ? readBytes(path) : Buffer.alloc(0);
  if (bytes.length < start.bytes) throw tooShort(path, bytes.length, start.bytes);
  const kept = bytes.subarray(0, start.bytes);
  if (start.sha256 !== undefined && start.sha256 !== hex(createHash('sha256').update(kept)))
    throw otherBytes(path, start.bytes, kind);
  if (rest === 'refuse' && bytes.length > start.bytes)
    throw damaged(
      path,
      `it holds ${bytes.length} bytes where the finished run wrote ${start.bytes}`,
      RESTORE,
    );
  return parseLines(path, rest === 'read' ? bytes : kept, kind);
}

function parseLines<S extends StrictSchema>(
  path: string,
  bytes: Buffer,
  { schema, number }: LineKind<S>,
): v.InferOutput<S>[] {
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, i) => {
    const name = `${path}, line ${i + 1}`;
    const record = readingStored(name, () => parseStrict(name, schema, parseJson(line, name)), RESTORE);
    const own = (record as Record<string, unknown>)[number];
    if (own !== i) throw damaged(name, `its ${number} is ${own}, not ${i}`, RESTORE);
    return record;
  });
}

/** SHA-256 so far of the first bytes of an open file. */
function hashOf(path: string, file: number, bytes: number): Hash {
  const { size } = fstatSync(file);
  if (size < bytes) throw tooShort(path, size, bytes);
  const hash = createHash('sha256');
  const part = Buffer.alloc(Math.min(bytes, 2 ** 20));
  for (let at = 0; at < bytes; ) {
    const read = readSync(file, part, 0, Math.min(part.length, bytes - at), at);
    if (read === 0) throw tooShort(path, at, bytes);
    hash.update(part.subarray(0, read));
    at += read;
  }
  return hash;
}

const hex = (hash: Hash): string => hash.copy().digest('hex');

function tooShort(path: string, size: number, bytes: number): InputError {
  return damaged(path, `it holds ${size} bytes where the checkpoint was written after ${bytes}`, RESTORE);
}

/** The first damaged line, if its text shows it; else the file as a whole. */
function otherBytes(path: string, bytes: number, kind?: LineKind<StrictSchema>): InputError {
  try {
    if (kind) parseLines(path, readBytes(path).subarray(0, bytes), kind);
  } catch (error) {
    return error as InputError;
  }
  return damaged(path, `its first ${bytes} bytes do not match their SHA-256 checksum`, RESTORE);
}
