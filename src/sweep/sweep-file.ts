import * as v from 'valibot';
import { InputError } from '../core/errors.js';
import { parseStrict } from '../runs/spec.js';

/** Settings of a job kind, not yet checked by it. */
export type Settings = Readonly<Record<string, unknown>>;

/** What a sweep file holds. */
export interface SweepFile {
  readonly name: string;
  readonly description?: string | undefined;
  /** The job kind's name. */
  readonly job: string;
  /** Settings of all runs, unless a case says otherwise. */
  readonly base: Settings;
  /** Values of settings, all of them combined with each other. */
  readonly grid: Readonly<Record<string, readonly unknown[]>>;
  /** Settings that go together, each case combined with the whole grid; `label` names it. */
  readonly cases: readonly Settings[];
  /** Every setting is run with each of these. */
  readonly seeds: readonly number[];
}

const isObject = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const object = v.pipe(
  v.unknown(),
  v.check(isObject, 'must be an object'),
  v.transform((value) => value as Settings),
);
const seed = v.pipe(v.number(), v.safeInteger('must be a whole number'), v.minValue(0, 'must be at least 0'));

const schema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(
      /^[a-z0-9][\w.-]{0,99}$/i,
      'must be at most 100 letters, digits, dots, hyphens and underscores, the first a letter or digit: it names a folder',
    ),
  ),
  description: v.optional(v.string()),
  job: v.string(),
  base: v.optional(object, {}),
  grid: v.optional(object, {}),
  cases: v.optional(v.pipe(v.array(object), v.minLength(1, 'must hold at least one case')), [{}]),
  seeds: v.optional(v.pipe(v.array(seed), v.minLength(1, 'must hold at least one seed')), [1]),
});

/**
 * Checks the form of a sweep: its own keys, not yet the settings in it.
 *
 * @param what what holds it, for errors, e.g. `sweep figure2.json`
 * @throws InputError that names the part and the rule
 */
export function parseSweep(value: unknown, what: string): SweepFile {
  if (!isObject(value))
    throw new InputError(what, 'holds no object', 'write {"name": ..., "job": "train", "base": {...}}');
  for (const key of ['name', 'job'])
    if (value[key] === undefined)
      throw new InputError(`${what}: ${key}`, 'is missing', `give the sweep a ${key}`);
  const { grid, ...sweep } = parseStrict(what, schema, value);
  for (const [key, values] of Object.entries(grid)) {
    if (!Array.isArray(values) || values.length === 0)
      throw new InputError(
        `${what}: grid: ${key}`,
        'must be a list with at least one value',
        `write "${key}": [value, ...], or put ${key} into base`,
      );
    refuseTwice(`${what}: grid: ${key}`, values);
    if (Object.hasOwn(sweep.base, key)) throw givenTwice(what, key, 'base');
    if (sweep.cases.some((one) => Object.hasOwn(one, key))) throw givenTwice(what, key, 'cases');
  }
  refuseTwice(`${what}: seeds`, sweep.seeds);
  return { ...sweep, grid: grid as SweepFile['grid'] };
}

const givenTwice = (what: string, key: string, where: string): InputError =>
  new InputError(`${what}: grid: ${key}`, `is given in ${where} too`, 'give it in one of the two');

function refuseTwice(what: string, values: readonly unknown[]): void {
  const texts = values.map((value) => JSON.stringify(value));
  const twice = texts.find((text, i) => texts.indexOf(text) < i);
  if (twice !== undefined) throw new InputError(what, `holds ${twice} twice`, 'remove one of them');
}
