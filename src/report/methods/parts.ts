import type { FinishedRun } from '../../sweep/compare/run.js';
import type { FigureSweep, Scale } from '../paper/figure.js';
import { type MethodsTable, methodsTable } from './cells.js';
import { METHODS_SWEEPS, type MethodsSweeps } from './sweeps.js';

/** One data set, with its finished runs of each step. */
export interface MethodsPart {
  readonly data: string;
  readonly sweeps: MethodsSweeps;
  readonly table: MethodsTable;
  readonly runs: Readonly<Record<'rates' | 'refreshes' | 'table', readonly FinishedRun[]>>;
}

/** The finished runs by data set and step; data sets of whose table none is finished are left out. */
export function methodsParts(
  scale: Scale,
  sweeps: readonly FigureSweep[],
  finished: readonly FinishedRun[],
): MethodsPart[] {
  const byName = new Map(finished.map((run) => [run.name, run]));
  const runsOf = (name: string | undefined): FinishedRun[] => {
    const planned = sweeps.find(({ plan }) => plan.name === name)?.plan.runs ?? [];
    return planned.flatMap((run) => byName.get(run.name) ?? []);
  };
  return METHODS_SWEEPS[scale].flatMap((of) => {
    const runs = {
      rates: runsOf(of.rates),
      refreshes: runsOf(of.refreshes),
      table: runsOf(planName(of.table, scale)),
    };
    if (runs.table.length === 0) return [];
    return [{ data: of.data, sweeps: of, table: methodsTable(runs.table), runs }];
  });
}

/** Sweeps of the smoke scale are called by it. */
const planName = (name: string, scale: Scale) => (scale === 'paper' ? name : `${name}-${scale}`);
