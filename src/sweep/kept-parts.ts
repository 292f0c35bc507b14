import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { fileError } from '../core/file-error.js';
import { readBytes } from '../core/files.js';
import type { PartStore } from '../core/pool.js';
import { canonical } from '../runs/canonical.js';
import type { RunPaths } from '../runs/paths.js';

/** Parts of a run's work that are done, on disk, so that a run that is stopped goes on from there. */
export class KeptParts implements PartStore<unknown> {
  readonly #found = new Map<number, unknown>();

  /** Reads what is there. A line that is not what was written, or is another run's, counts for nothing: its part is done again. */
  constructor(readonly paths: Pick<RunPaths, 'name' | 'parts'>) {
    const text = existsSync(paths.parts) ? readBytes(paths.parts).toString('utf8') : '';
    for (const line of text.split('\n')) {
      const read = this.#read(line);
      if (read) this.#found.set(read.part, read.out);
    }
    // What a killed process left of a line is not the beginning of the next.
    if (text !== '' && !text.endsWith('\n')) this.#append('\n');
  }

  get(part: number): unknown {
    return this.#found.get(part);
  }

  put(part: number, out: unknown): void {
    this.#append(`${JSON.stringify({ part, out, sha256: this.#seal(part, out) })}\n`);
  }

  /** The run has its result, or there is nothing worth keeping. */
  remove(): void {
    rmSync(this.paths.parts, { force: true });
  }

  #read(line: string): { part: number; out: unknown } | undefined {
    try {
      const { part, out, sha256 } = JSON.parse(line) as { part: number; out: unknown; sha256: string };
      return sha256 === this.#seal(part, out) ? { part, out } : undefined;
    } catch {
      return undefined;
    }
  }

  #seal(part: number, out: unknown): string {
    return createHash('sha256')
      .update(canonical({ run: this.paths.name, part, out }))
      .digest('hex');
  }

  #append(text: string): void {
    try {
      appendFileSync(this.paths.parts, text);
    } catch (error) {
      throw fileError(this.paths.parts, error);
    }
  }
}
