import { InputError } from '../../core/errors.js';
import { type MeanEstimate, meanEstimate } from '../../core/mean.js';
import { METHODS } from '../../train/spec/defaults.js';
import { type ComparedKeys, comparedKeys, type SpecKey, valueName, valueText } from './keys.js';
import type { FinishedRun } from './run.js';

/** Error level of each interval. */
export const ALPHA = 0.05;

/** The accuracy that is compared, after the last epoch. */
export const METRICS = ['test', 'validation'] as const;
export type Metric = (typeof METRICS)[number];

/** Runs that share what is compared. */
export interface Curve {
  readonly id: string;
  /** `IteRand, KU`. */
  readonly label: string;
  /** One of its runs, for its settings. */
  readonly example: FinishedRun;
}

/** Runs that share a network, a width and whatever else is not compared. */
export interface Place {
  readonly id: string;
  /** `Conv6, width 0.25`; empty where there is one place. */
  readonly label: string;
  readonly example: FinishedRun;
}

/** The seeds of one curve at one place. */
export interface Group {
  readonly curve: Curve;
  readonly place: Place;
  /** By seed. */
  readonly runs: readonly FinishedRun[];
  /** Accuracies in percent, by run. */
  readonly values: readonly number[];
  readonly estimate: MeanEstimate;
}

/** One curve minus another at one place, run by run of equal seeds. */
export interface Difference {
  readonly of: Curve;
  readonly minus: Curve;
  readonly place: Place;
  readonly pairs: readonly { readonly label: string; readonly value: number }[];
  /** In percentage points. */
  readonly estimate: MeanEstimate;
}

/** Runs held against each other. */
export interface Comparison {
  readonly metric: Metric;
  readonly keys: ComparedKeys;
  readonly curves: readonly Curve[];
  readonly places: readonly Place[];
  readonly groups: readonly Group[];
  readonly differences: readonly Difference[];
}

/** What tells the runs of one curve at one place from each other. */
export type PairKey = 'seed' | SpecKey;

/** How runs are compared. */
export interface CompareOptions {
  readonly metric?: Metric;
  /** Settings that make a curve; by default those that differ. */
  readonly by?: readonly SpecKey[];
  /** A curve's name, in place of the names of its settings. */
  readonly label?: (run: FinishedRun) => string;
  /** The names of all curves, in the order in which they are shown. */
  readonly order?: readonly string[];
  /** Settings that say where a run stands, in place of those that differ within a curve. */
  readonly places?: readonly SpecKey[];
  /** What the runs of one curve at one place differ in: runs of two curves that agree in it are a pair. Default: the seed. */
  readonly pairBy?: readonly PairKey[];
}

/** A run's accuracy after the last epoch, in percent. */
export const accuracyOf = (run: FinishedRun, metric: Metric): number =>
  100 * (metric === 'test' ? run.result.test : run.epochs.at(-1)!.validation).accuracy;

/**
 * Groups runs in curves and places, and pairs curves by seed. Of two curves, the later method is held against the earlier one; those
 * that differ in more than one of the compared settings are not.
 *
 * @param runs at least one
 * @throws InputError if two runs of one curve, place and seed differ, so that it is open which one counts
 */
export function compare(runs: readonly FinishedRun[], options: CompareOptions = {}): Comparison {
  const { metric = 'test', pairBy = ['seed'] } = options;
  const found = comparedKeys(runs, options.by);
  const left = found.places.filter((key) => !pairBy.includes(key));
  const keys = { by: found.by, places: options.places ?? left };
  const curves = curvesOf(runs, keys.by, options);
  const places = distinct(runs, keys.places);
  const groups = places.flatMap((place) =>
    curves.flatMap((curve) => {
      const own = runs.filter((run) => isOf(run, keys.by, curve) && isOf(run, keys.places, place));
      return own.length === 0 ? [] : [groupOf(curve, place, own, { metric, pairBy })];
    }),
  );
  const differences = places.flatMap((place) =>
    differencesAt(
      groups.filter((group) => group.place === place),
      (a, b) => differIn(a, b, keys.by) < 2,
      pairBy,
    ),
  );
  return { metric, keys, curves, places, groups, differences };
}

const idOf = (run: FinishedRun, keys: readonly SpecKey[]) => keys.map((key) => valueText(run, key)).join(' ');

const isOf = (run: FinishedRun, keys: readonly SpecKey[], { id }: { id: string }) => idOf(run, keys) === id;

/** The values of these keys that occur, ascending, each with a run that has them. */
function distinct(runs: readonly FinishedRun[], keys: readonly SpecKey[]): Curve[] {
  const found = new Map<string, Curve>();
  for (const run of runs) {
    const id = idOf(run, keys);
    const label = keys
      .map((key) => valueName(run, key))
      .filter((name) => name !== '')
      .join(', ');
    if (!found.has(id)) found.set(id, { id, label, example: run });
  }
  return [...found.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

function curvesOf(
  runs: readonly FinishedRun[],
  by: readonly SpecKey[],
  { label, order }: CompareOptions,
): Curve[] {
  const curves = distinct(runs, by).sort(byMethod);
  if (label === undefined) return curves;
  const named = curves.map((curve) => ({ ...curve, label: label(curve.example) }));
  return order === undefined ? named : named.sort((a, b) => order.indexOf(a.label) - order.indexOf(b.label));
}

const byMethod = (a: Curve, b: Curve): number =>
  METHODS.indexOf(a.example.spec.method) - METHODS.indexOf(b.example.spec.method);

function groupOf(
  curve: Curve,
  place: Place,
  own: readonly FinishedRun[],
  { metric, pairBy }: Required<Pick<CompareOptions, 'metric' | 'pairBy'>>,
): Group {
  const runs = own.toSorted((a, b) =>
    pairId(a, pairBy).localeCompare(pairId(b, pairBy), 'en', { numeric: true }),
  );
  const twice = runs.findIndex((run, i) => i > 0 && pairId(run, pairBy) === pairId(runs[i - 1]!, pairBy));
  if (twice > 0)
    throw new InputError(
      `the runs ${runs[twice - 1]!.name} and ${runs[twice]!.name}`,
      `are both ${[curve.label, place.label, pairLabel(runs[twice]!, pairBy)].filter((l) => l !== '').join(', ')}`,
      'compare or pair by a setting in which they differ (--by, --pair-by), or leave one out',
    );
  const values = runs.map((run) => accuracyOf(run, metric));
  return { curve, place, runs, values, estimate: meanEstimate(values, ALPHA) };
}

const pairId = (run: FinishedRun, pairBy: readonly PairKey[]): string =>
  pairBy.map((key) => (key === 'seed' ? run.seed : valueText(run, key))).join(' ');

const pairLabel = (run: FinishedRun, pairBy: readonly PairKey[]): string =>
  pairBy.map((key) => (key === 'seed' ? `seed ${run.seed}` : valueName(run, key))).join(', ');

/** How many of these settings two curves differ in; one that a method has not says nothing. */
function differIn(a: Curve, b: Curve, keys: readonly SpecKey[]): number {
  return keys.filter((key) => {
    const [x, y] = [valueText(a.example, key), valueText(b.example, key)];
    return x !== y && x !== '' && y !== '';
  }).length;
}

function differencesAt(
  here: readonly Group[],
  held: (a: Curve, b: Curve) => boolean,
  pairBy: readonly PairKey[],
): Difference[] {
  return here.flatMap((minus, i) =>
    here.slice(i + 1).flatMap((of) => {
      if (!held(minus.curve, of.curve)) return [];
      const pairs = of.runs.flatMap((run, j) => {
        const k = minus.runs.findIndex((other) => pairId(other, pairBy) === pairId(run, pairBy));
        return k < 0 ? [] : [{ label: pairLabel(run, pairBy), value: of.values[j]! - minus.values[k]! }];
      });
      if (pairs.length === 0) return [];
      const estimate = meanEstimate(
        pairs.map(({ value }) => value),
        ALPHA,
      );
      return [{ of: of.curve, minus: minus.curve, place: of.place, pairs, estimate }];
    }),
  );
}
