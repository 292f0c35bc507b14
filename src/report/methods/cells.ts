import { holm, studentTest } from '../../core/significance.js';
import { type Comparison, compare, type Difference, type Group } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { REFRESH_NAMES } from '../../train/prune/refreshes.js';
import { makeRule, RULES } from '../../train/prune/rules/index.js';
import { refreshOf } from '../../train/spec/pruning.js';
import type { TrainSpec } from '../../train/spec/spec.js';

/** The error level of the whole family of differences. */
export const FAMILY_ALPHA = 0.05;

/** The rule of a run; the paper's methods are edge-popup. */
export const ruleName = ({ rule }: Pick<TrainSpec, 'rule'>): string => rule ?? 'edge-popup';

/** `edge-popup, p = 0.5`; a rule with drawn masks has no p. */
export const rowText = (spec: TrainSpec): string =>
  [ruleName(spec), ...(spec.sparsity === undefined ? [] : [`p = ${spec.sparsity}`])].join(', ');

/** A refreshed cell against the same rule, sparsity and seeds without a refresh. */
export interface Gain {
  readonly of: Group;
  readonly difference: Difference;
  /** Two-sided, of Student's test. */
  readonly p: number;
  /** Adjusted by Holm over the data set's gains; 1 where one pair decides nothing. */
  readonly adjusted: number;
}

/** The table of one data set. */
export interface MethodsTable {
  readonly comparison: Comparison;
  /** Cells by rows (rule and sparsity) and refreshes; rules with fixed masks last. */
  readonly rows: readonly Row[];
  readonly gains: readonly Gain[];
}

export interface Row {
  readonly label: string;
  readonly rule: string;
  readonly sparsity: number | undefined;
  /** By refresh, as far as its runs are there. */
  readonly cells: ReadonlyMap<string, Group>;
}

/** @param runs at least one, of one network, data and number of epochs */
export function methodsTable(runs: readonly FinishedRun[]): MethodsTable {
  const comparison = compare(runs, {
    by: ['method', 'rule', 'refresh'],
    places: ['sparsity'],
    label: ({ spec }) => `${ruleName(spec)}, ${refreshOf(spec)}`,
    order: RULES.flatMap(({ name }) => REFRESH_NAMES.map((refresh) => `${name}, ${refresh}`)),
  });
  const rows = rowsOf(comparison);
  return { comparison, rows, gains: gainsOf(comparison, rows) };
}

const specOf = ({ runs }: Group): TrainSpec => runs[0]!.spec;

function rowsOf({ groups }: Comparison): Row[] {
  const rows = new Map<string, Row & { cells: Map<string, Group> }>();
  for (const group of groups) {
    const spec = specOf(group);
    const label = rowText(spec);
    const row = rows.get(label) ?? {
      label,
      rule: ruleName(spec),
      sparsity: spec.sparsity,
      cells: new Map<string, Group>(),
    };
    row.cells.set(refreshOf(spec), group);
    rows.set(label, row);
  }
  const place = ({ rule, sparsity = 1 }: Row) =>
    (isFixed(rule) ? 100 : 0) + 10 * sparsity + RULES.findIndex(({ name }) => name === rule) / 10;
  return [...rows.values()].sort((a, b) => place(a) - place(b));
}

/** Rules whose masks are never trained. */
export const isFixed = (rule: string): boolean => makeRule(rule).scoreGradient === undefined;

function gainsOf({ differences }: Comparison, rows: readonly Row[]): Gain[] {
  const found = rows.flatMap(({ cells }) =>
    [...cells.values()].flatMap((of) => {
      const plain = cells.get('none')?.curve;
      const difference = differences.find(
        (d) => d.of === of.curve && d.minus === plain && d.place === of.place,
      );
      return difference === undefined ? [] : [{ of, difference }];
    }),
  );
  const values = found.map(({ difference: { estimate, pairs } }) => studentTest(estimate, pairs.length));
  const adjusted = holm(values);
  return found.map((gain, i) => ({ ...gain, p: values[i]!, adjusted: adjusted[i]! }));
}

/** Whether the family's tests tell a gain from 0, and which way. */
export const decided = ({ adjusted, difference }: Gain): 'above' | 'below' | 'open' =>
  adjusted > FAMILY_ALPHA ? 'open' : difference.estimate.mean > 0 ? 'above' : 'below';
