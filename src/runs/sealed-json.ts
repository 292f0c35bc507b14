import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type * as v from 'valibot';
import { InputError } from '../core/errors.js';
import { readBytes, writeAtomic } from '../core/files.js';
import { parseJson } from '../core/json.js';
import { canonical } from './canonical.js';
import { damaged, readingStored } from './damage.js';
import { parseStrict, type StrictSchema } from './spec.js';

/** A kind of JSON file that holds the SHA-256 of its canonical content. */
export interface SealedKind<S extends StrictSchema, U extends StrictSchema> {
  /** Name and version, which the file holds. */
  readonly format: string;
  readonly schema: S;
  /** What the versions wrote that knew neither format nor seal. */
  readonly unsealed: U;
  /** What mends a damaged file. */
  readonly fix: string;
}

/** Writes a JSON file, whole or not at all. */
export function writeJson(path: string, value: object): void {
  writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Reads a JSON file of a run; undefined if there is none. @throws InputError if it is damaged */
export function readJson(path: string, fix?: string): unknown {
  if (!existsSync(path)) return undefined;
  const bytes = readBytes(path);
  return readingStored(path, () => parseJson(bytes, path), fix);
}

/** Writes a sealed JSON file, whole or not at all. */
export function writeSealedJson<S extends StrictSchema>(
  path: string,
  kind: SealedKind<S, StrictSchema>,
  value: v.InferInput<S>,
): void {
  writeJson(path, sealedJson(path, kind, value));
}

/** What a sealed JSON file holds: its format, its content, and the SHA-256 of both. */
export function sealedJson<S extends StrictSchema>(
  path: string,
  { format, schema }: Pick<SealedKind<S, StrictSchema>, 'format' | 'schema'>,
  value: v.InferInput<S>,
) {
  const content = { format, ...parseStrict(path, schema, value) };
  return { ...content, sha256: seal(content) };
}

/**
 * Reads a file that {@link writeSealedJson}, or a version before it, wrote; undefined if there is none.
 *
 * @throws InputError that names the file and the check it failed
 */
export function readSealedJson<S extends StrictSchema, U extends StrictSchema>(
  path: string,
  { format, schema, unsealed, fix }: SealedKind<S, U>,
): v.InferOutput<S> | v.InferOutput<U> | undefined {
  const found = readJson(path, fix);
  if (found === undefined) return undefined;
  // Every key that is not known is refused, so that a sealed file never passes for an unsealed one.
  if (typeof found !== 'object' || found === null || !('sha256' in found))
    return readingStored(path, () => parseStrict(path, unsealed, found), fix);
  const { sha256, ...sealed } = found;
  if (sha256 !== seal(sealed)) throw damaged(path, 'its content does not match its SHA-256 checksum', fix);
  const { format: of, ...content } = JSON.parse(canonical(sealed));
  if (of !== format)
    throw new InputError(
      path,
      `its format is ${of}, not ${format}`,
      'use the version of iterand that wrote it',
    );
  return readingStored(path, () => parseStrict(path, schema, content), fix);
}

const seal = (content: object): string => createHash('sha256').update(canonical(content)).digest('hex');
