import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { fileError } from '../core/file-error.js';
import { readBytes } from '../core/files.js';
import type { PartStore } from '../core/pool.js';
import { canonical } from '../runs/canonical.js';
import type { RunPaths } from '../runs/paths.js';

/** How far a run is by its parts; an estimate, of lines that are not checked. Undefined before any part is done. */
export function partsSoFar({ parts, state }: Pick<RunPaths, 'parts' | 'state'>): PartsSoFar | undefined {
  if (!existsSync(parts)) return undefined;
  const lines = [...readBytes(parts).toString('utf8').matchAll(LINE)];
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  const [of, at] = [Number(last[1]), Number(last[2])];
  // The state was written as the present process began.
  const began = statSync(state, { throwIfNoEntry: false })?.mtimeMs ?? at;
  const since = lines.filter(([, , when]) => Number(when) > began).length;
  return {
    share: Math.min(1, lines.length / of),
    ...(since === 0 ? {} : { secondsForAll: ((at - began) / 1000 / since) * of }),
  };
}

/** The start of a line that {@link KeptParts} writes. */
const LINE = /^\{"part":\d+,"of":(\d+),"at":(\d+),/gm;

interface PartsSoFar {
  /** Of all parts, 0 to 1. */
  readonly share: number;
  /** What all parts take at the pace of the present process, once it has ended one. */
  readonly secondsForAll?: number;
}

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

  put(part: number, out: unknown, of: number): void {
    this.#append(`${JSON.stringify({ part, of, at: Date.now(), out, sha256: this.#seal(part, out) })}\n`);
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
