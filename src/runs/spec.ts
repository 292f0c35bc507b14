import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { InputError, nearest, requireOneOf } from '../core/errors.js';
import { canonical } from './canonical.js';

/** An object schema that allows no other keys. */
export type StrictSchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/**
 * Parses an object by its schema.
 *
 * @param what what the object is, for errors, e.g. `training spec`
 * @throws InputError for an unknown key (naming the nearest known one), a missing key or a value the schema refuses
 */
export function parseStrict<const S extends StrictSchema>(
  what: string,
  schema: S,
  input: unknown,
): v.InferOutput<S> {
  refuseUnknownKeys(
    what,
    typeof input === 'object' && input !== null ? input : {},
    Object.keys(schema.entries),
  );
  const parsed = v.safeParse(schema, input, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  if (issue.type === 'picklist' && path !== null)
    requireOneOf(`${what}: ${path}`, String(issue.input), choices(issue));
  throw new InputError(
    `${what}: ${path ?? 'the whole'} ${issue.received}`,
    issue.kind === 'schema' ? `must be ${issue.expected}` : issue.message,
    path === null ? 'pass an object' : `give ${path} such a value`,
  );
}

/** Refuses an object's key that is not known. @throws InputError that names the nearest known one */
export function refuseUnknownKeys(what: string, object: object, known: readonly string[]): void {
  const key = Object.keys(object).find((k) => !known.includes(k));
  if (key === undefined) return;
  const near = nearest(key, known);
  throw new InputError(
    `${what}: '${key}'`,
    `is no known key (${known.join(', ')})`,
    near === undefined ? 'remove it' : `did you mean '${near}'`,
  );
}

/** What a picklist's issue lists as allowed: `("a" | "b")`. */
function choices({ expected }: v.BaseIssue<unknown>): string[] {
  return [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, name]) => name!);
}

/** A kind of spec: its name and the version of what its keys mean. A change of meaning takes a new version, so a new id. */
export interface SpecVersion {
  readonly name: string;
  readonly version: number;
}

/** The id of a spec with every default filled in: 10 hexadecimal digits of the SHA-256 of kind, version and canonical text. */
export function specId({ name, version }: SpecVersion, spec: object): string {
  return createHash('sha256')
    .update(`${name} ${version} ${canonical(spec)}`)
    .digest('hex')
    .slice(0, 10);
}
