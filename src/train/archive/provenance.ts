import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { readBytes } from '../../core/files.js';
import { packageVersion } from '../../core/version.js';
import { damaged } from '../../runs/damage.js';
import type { RunPaths } from '../../runs/paths.js';
import { readSealedJson, writeSealedJson } from '../../runs/sealed-json.js';
import type { RunPart } from '../run/read-times.js';

const schema = v.strictObject({
  run: v.string(),
  /** The processes that made the run, in order. */
  parts: v.array(
    v.strictObject({
      began: v.string(),
      cpu: v.string(),
      threads: v.number(),
      device: v.optional(v.string()),
      node: v.string(),
      iterand: v.optional(v.string()),
    }),
  ),
  /** The version of iterand that took the run in. */
  takenInBy: v.string(),
  /** SHA-256 of files that no other file of the run vouches for, by name. */
  files: v.record(v.string(), v.string()),
});

const PROVENANCE = {
  format: 'iterand provenance 1',
  schema,
  unsealed: schema,
  fix: 'take the run in again from where it was made',
};

/** Where a run that was taken in was made. */
export type Provenance = v.InferOutput<typeof schema>;

/**
 * Writes where a run was made.
 *
 * @param files the files that no other file of the run vouches for, as they are now
 */
export function writeProvenance(
  path: string,
  run: string,
  parts: readonly RunPart[],
  files: readonly string[],
): void {
  writeSealedJson(path, PROVENANCE, {
    run,
    parts: parts.map(({ began, cpu, threads, device, node, iterand }) => ({
      began,
      cpu,
      threads,
      ...(device === undefined ? {} : { device }),
      node,
      ...(iterand === undefined ? {} : { iterand }),
    })),
    takenInBy: packageVersion(),
    files: Object.fromEntries(files.map((file) => [basename(file), sha256(file)])),
  });
}

/**
 * Where a run was made, its files held against their hashes; undefined for a run that was not taken in.
 *
 * @throws InputError that names the damaged file
 */
export function readProvenance(paths: RunPaths): Provenance | undefined {
  const found = readSealedJson(paths.provenance, PROVENANCE);
  if (found === undefined) return undefined;
  if (found.run !== paths.name) throw damaged(paths.provenance, `it is of the run ${found.run}`);
  for (const [name, hash] of Object.entries(found.files)) {
    const path = join(paths.folder, basename(name));
    if (sha256(path) !== hash)
      throw damaged(
        path,
        'it does not match the SHA-256 checksum it had when the run was taken in',
        PROVENANCE.fix,
      );
  }
  return found;
}

const sha256 = (path: string): string => createHash('sha256').update(readBytes(path)).digest('hex');
