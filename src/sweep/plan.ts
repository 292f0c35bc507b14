import { InputError, requireOneOf } from '../core/errors.js';
import { refuseUnknownKeys } from '../runs/spec.js';
import type { JobKind } from './job.js';
import { parseSweep, type Settings, type SweepFile } from './sweep-file.js';

/** One run of a sweep. */
export interface PlannedRun {
  /** Its folder under the folder of all runs. */
  readonly name: string;
  readonly spec: object;
  readonly seed: number;
  /** What the grid and its case set. */
  readonly settings: Settings;
  /** What the grid alone sets. */
  readonly point: Settings;
  /** The case, by its own label or its settings; empty in a sweep without cases. */
  readonly curve: string;
}

/** A sweep and all its runs, checked. */
export interface SweepPlan {
  readonly name: string;
  readonly description?: string | undefined;
  readonly kind: JobKind;
  /** The first key of the grid changes slowest, then the case, then the seed. */
  readonly runs: readonly PlannedRun[];
}

const MOST_RUNS = 100_000;

/**
 * Plans the runs of a sweep: every point of its grid with every case and every seed.
 *
 * @param value what a sweep file holds
 * @param what what holds it, for errors, e.g. `sweep figure2.json`
 * @param kinds the job kinds it may name
 * @throws InputError for an unknown key (naming the nearest known one), settings that do not fit together, and runs that are the same
 */
export function planSweep(value: unknown, what: string, kinds: readonly JobKind[]): SweepPlan {
  const sweep = parseSweep(value, what);
  const names = kinds.map((kind) => kind.name);
  const name = requireOneOf(`${what}: job`, sweep.job, names);
  const kind = kinds[names.indexOf(name)]!;
  refuseUnknownKeys(`${what}: base`, sweep.base, kind.keys);
  refuseUnknownKeys(`${what}: grid`, sweep.grid, kind.keys);
  for (const [i, one] of sweep.cases.entries())
    refuseUnknownKeys(`${what}: case ${i + 1}`, one, ['label', ...kind.keys]);
  requireCount(what, sweep);
  const runs = [...points(sweep.grid)].flatMap((point) =>
    sweep.cases.flatMap((one, i) =>
      runsOf(kind, sweep, { point, one, what: `${what}: ${whereText(point, one, i)}` }),
    ),
  );
  refuseSame(what, runs);
  return { name: sweep.name, description: sweep.description, kind, runs };
}

/**
 * Refuses a sweep of which some run could not be carried out, whatever the machine, before anything is written.
 *
 * @throws InputError that names the settings
 */
export async function requireRunnable({ name, kind }: SweepPlan, runs: readonly PlannedRun[]): Promise<void> {
  const seen = new Set<object>();
  for (const { spec, settings } of runs) {
    // The seeds of one setting share its spec.
    if (seen.has(spec)) continue;
    seen.add(spec);
    try {
      await kind.check?.(spec);
    } catch (error) {
      throw placed(error, [`sweep '${name}'`, settingsText(settings)].filter((t) => t !== '').join(': '));
    }
  }
}

/** An error that says where it is. */
const placed = (error: unknown, where: string): unknown =>
  error instanceof InputError ? new InputError(`${where}: ${error.what}`, error.rule, error.fix) : error;

function requireCount(what: string, { grid, cases, seeds }: SweepFile): void {
  const count = Object.values(grid).reduce((n, values) => n * values.length, cases.length * seeds.length);
  if (count > MOST_RUNS)
    throw new InputError(
      `${what}: ${count} runs`,
      `are more than ${MOST_RUNS}`,
      'split it into several sweeps',
    );
}

/** Every combination of the grid's values, the first key slowest. */
function* points(grid: SweepFile['grid']): Generator<Settings> {
  const [first, ...others] = Object.entries(grid);
  if (first === undefined) return yield {};
  const [key, values] = first;
  for (const value of values)
    for (const rest of points(Object.fromEntries(others))) yield { [key]: value, ...rest };
}

interface Where {
  readonly point: Settings;
  readonly one: Settings;
  readonly what: string;
}

/** The runs of a grid point and case, one a seed. */
function runsOf(kind: JobKind, { base, seeds }: SweepFile, { point, one, what }: Where): PlannedRun[] {
  const { label, ...own } = one;
  if (label !== undefined && (typeof label !== 'string' || label.trim() === ''))
    throw new InputError(
      `${what}: label ${JSON.stringify(label)}`,
      'must be a text',
      'name the case, or leave it out',
    );
  const settings = { ...point, ...own };
  const spec = resolved(kind, { ...base, ...settings }, what);
  const curve = label ?? settingsText(own);
  return seeds.map((seed) => ({ name: kind.runName(spec, seed), spec, seed, settings, point, curve }));
}

function resolved(kind: JobKind, settings: Settings, what: string): object {
  try {
    return kind.resolve(settings);
  } catch (error) {
    throw placed(error, what);
  }
}

/** Two runs with one name would be one run, counted twice. */
function refuseSame(what: string, runs: readonly PlannedRun[]): void {
  const seen = new Map<string, PlannedRun>();
  for (const run of runs) {
    const other = seen.get(run.name);
    if (other !== undefined)
      throw new InputError(
        `${what}: ${settingsText(run.settings) || 'a case without settings'}`,
        `is the same run as ${settingsText(other.settings) || 'a case without settings'} (${run.name})`,
        'remove one of them, or a value that is the default',
      );
    seen.set(run.name, run);
  }
}

/** `width 0.25, method sgd`. */
function settingsText(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} ${valueText(value)}`)
    .join(', ');
}

/** What tells a run from the others of its sweep: `IteRand, width 0.25, seed 1`. */
export const runText = ({ curve, point, seed }: PlannedRun): string =>
  [curve, settingsText(point), `seed ${seed}`].filter((part) => part !== '').join(', ');

/** A value of a setting for people; a network description goes by its name. */
export function valueText(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'name' in value) return String(value.name);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What an error says of where it is. */
function whereText(point: Settings, one: Settings, i: number): string {
  const given = settingsText({ ...point, ...one });
  return given === '' ? 'base' : Object.keys(one).length === 0 ? given : `${given} (case ${i + 1})`;
}
