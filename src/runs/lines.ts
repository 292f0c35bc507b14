import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';

/** A file of JSON lines that only grows while it is open. */
export class JsonLines {
  readonly #file: number;
  #length: number;

  /**
   * @param keep bytes to keep of what is there; the rest, written after the checkpoint that is resumed, is cut off
   * @throws InputError if the file is shorter than that, or cannot be opened
   */
  constructor(
    readonly path: string,
    keep: number,
  ) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#file = openSync(path, 'a');
    } catch (error) {
      throw fileError(path, error);
    }
    this.#length = keep;
    try {
      this.#cut(keep);
    } catch (error) {
      this.close();
      throw fileError(path, error);
    }
  }

  #cut(keep: number): void {
    const { size } = fstatSync(this.#file);
    if (size < keep)
      throw new InputError(
        this.path,
        `is damaged: it holds ${size} bytes where the checkpoint was written after ${keep}`,
        'restore the file, or start the run anew in another --out folder',
      );
    ftruncateSync(this.#file, keep);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends one record. It reaches the file at once, the disk at {@link sync}. */
  append(record: object): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let done = 0; done < line.length; ) done += writeSync(this.#file, line, done);
    } catch (error) {
      throw fileError(this.path, error);
    }
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
  if (!existsSync(path)) return 0;
  try {
    return readFileSync(path).lastIndexOf('\n') + 1;
  } catch (error) {
    throw fileError(path, error);
  }
}

/** The records of a file of JSON lines; a last line without its end, left by a killed process, is not one. Empty if there is no file. */
export function readJsonLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, i) => {
    try {
      return JSON.parse(line) as T;
    } catch {
      throw new InputError(`${path}, line ${i + 1}`, 'is damaged: it is no JSON', 'restore the file');
    }
  });
}
