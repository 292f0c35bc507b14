import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { writeAtomic } from '../../core/files.js';
import { parseJson } from '../../core/json.js';

/** What is remembered of one class: its files' names, sizes and times, and their content, each as a digest. */
export interface Stamped {
  /** Empty where it may not be relied on. */
  readonly stamp: string;
  readonly digest: string;
}

const FORMAT = 'iterand image hashes 1';
const schema = v.strictObject({
  format: v.literal(FORMAT),
  classes: v.record(v.string(), v.strictObject({ stamp: v.string(), digest: v.string() })),
  sha256: v.string(),
});

/**
 * Where the hashes of an image folder are remembered: in the folder itself, so that all who use it share them and they move with it; where
 * it is read-only, in the user's cache (ITERAND_CACHE, XDG_CACHE_HOME/iterand or ~/.cache/iterand).
 */
export function stampFiles(root: string): string[] {
  const { ITERAND_CACHE, XDG_CACHE_HOME } = process.env;
  const cache = ITERAND_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'iterand');
  const name = createHash('sha256').update(resolve(root)).digest('hex').slice(0, 20);
  return [join(root, '.iterand-hashes.json'), join(cache, `image-hashes-${name}.json`)];
}

/** What the first of the files that is whole remembers, by class; nothing if none is: a memory is a saving, never an error. */
export async function readStamps(files: readonly string[]): Promise<Map<string, Stamped>> {
  for (const file of files) {
    try {
      const { classes, sha256 } = v.parse(schema, parseJson(await readFile(file), file));
      if (sha256 === sealOf(classes)) return new Map(Object.entries(classes));
    } catch {
      // Not there, damaged or of another version.
    }
  }
  return new Map();
}

/** Remembers in the first of the files that can be written; in none if none can. Processes that do so at once write the same. */
export function writeStamps(files: readonly string[], stamps: ReadonlyMap<string, Stamped>): void {
  const classes = Object.fromEntries([...stamps].filter(([, { stamp }]) => stamp !== ''));
  const text = `${JSON.stringify({ format: FORMAT, classes, sha256: sealOf(classes) })}\n`;
  for (const file of files) {
    try {
      writeAtomic(file, text);
      return;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
}

const sealOf = (classes: Readonly<Record<string, Stamped>>): string =>
  createHash('sha256').update(JSON.stringify(classes)).digest('hex');
