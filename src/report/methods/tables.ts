import type { Group } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { refreshOf } from '../../train/spec/pruning.js';
import { trainCommand } from '../compare/repeat.js';
import { machines, machinesHead } from '../compare/tables.js';
import { html } from '../page/html.js';
import type { Table } from '../page/section.js';
import type { FigureSweep } from '../paper/figure.js';
import { rowText } from './cells.js';
import { gainText } from './gains.js';
import type { MethodsPart } from './parts.js';

/** The settings of every cell. */
export function settingsTable(parts: readonly MethodsPart[]): Table {
  return {
    caption: html`What differs between the cells; the data file of the gains has the command of each`,
    head: ['cell', 'data', 'learning rate', 'K_per', 'r', 'weights kept', 'seeds'].map(
      (name) => html`${name}`,
    ),
    rows: parts.flatMap(({ data, table }) =>
      table.rows.flatMap((row) =>
        [...row.cells].map(([refresh, group]) => {
          const [{ spec }] = group.runs as [FinishedRun];
          return [
            html`${row.label}: ${refresh}`,
            html`${data}`,
            html`${spec.learningRate}`,
            html`${spec.period ?? ''}`,
            html`${spec.rate ?? ''}`,
            html`${keptText(group)}`,
            html`${group.runs.map(({ seed }) => seed).join(', ')}`,
          ];
        }),
      ),
    ),
  };
}

/** Weights that are not pruned, the mean over the seeds; undefined where nothing tells. */
function keptOf({ runs }: Group): number | undefined {
  const counts = runs.flatMap(({ size }) => (size?.kept === undefined ? [] : [size.kept]));
  return counts.length === 0 ? undefined : Math.round(counts.reduce((a, b) => a + b, 0) / counts.length);
}

function keptText(group: Group): string {
  const kept = keptOf(group);
  const { size } = group.runs[0]!;
  if (kept === undefined || size === undefined) return '';
  return `${kept.toLocaleString('en')} (${((100 * kept) / size.weights).toFixed(1)} %)`;
}

/** What the runs of each step took. */
export function costTable(parts: readonly MethodsPart[]): Table {
  const steps = { rates: 'learning rates', refreshes: 'K_per and r', table: 'table' } as const;
  const where = machinesHead(parts.flatMap(({ runs }) => Object.values(runs).flat()));
  return {
    caption: html`Runs, and the seconds of their training alone in sum`,
    head: ['step', 'data', 'runs', 'training seconds', where].map((name) => html`${name}`),
    rows: parts.flatMap(({ data, runs }) =>
      Object.entries(steps).flatMap(([step, name]) => {
        const own = runs[step as keyof typeof steps];
        if (own.length === 0) return [];
        const seconds = own.reduce((sum, { times }) => sum + (times?.trainingSeconds ?? 0), 0);
        return [
          [
            html`${name}`,
            html`${data}`,
            html`${own.length}`,
            html`${Math.round(seconds).toLocaleString('en')}`,
            html`${[...new Set(own.flatMap(machines))].join('; ')}`,
          ],
        ];
      }),
    ),
  };
}

/** How many runs of each sweep are finished. */
export function progressTable(sweeps: readonly FigureSweep[], finished: readonly FinishedRun[]): Table {
  const done = new Set(finished.map(({ name }) => name));
  return {
    caption: html`Finished runs of each sweep`,
    head: ['sweep', 'finished', 'what it is'].map((name) => html`${name}`),
    rows: sweeps.map(({ plan }) => [
      html`${plan.name}`,
      html`${plan.runs.filter(({ name }) => done.has(name)).length} of ${plan.runs.length}`,
      html`${plan.description ?? ''}`,
    ]),
  };
}

/** The table as data: accuracies in percent, gains in percentage points. */
export function tableJson(parts: readonly MethodsPart[], command: string) {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    about:
      'Test accuracy after the last epoch, percent, by pruning rule and refresh; gains are percentage points against the same rule, sparsity and seed without a refresh, adjusted by Holm over their data set',
    command,
    cells: parts.flatMap(({ data, table }) =>
      table.rows.flatMap((row) =>
        [...row.cells].map(([refresh, group]) => {
          const { runs, values, estimate } = group;
          const { learningRate, period, rate } = runs[0]!.spec;
          return {
            ...{ data, rule: row.rule, sparsity: row.sparsity, refresh, learningRate, period, rate },
            ...{ seeds: runs.map(({ seed }) => seed), values, mean: estimate.mean },
            interval: [finite(estimate.interval.low), finite(estimate.interval.high)],
            ...{ kept: keptOf(group), weights: runs[0]!.size?.weights, command: trainCommand(runs[0]!) },
          };
        }),
      ),
    ),
    gains: parts.flatMap(({ data, table }) =>
      table.gains.map((gain) => {
        const { pairs, estimate } = gain.difference;
        const { spec } = gain.of.runs[0]!;
        return {
          ...{ data, what: gainText(gain), row: rowText(spec), refresh: refreshOf(spec) },
          ...{ pairs, mean: estimate.mean },
          interval: [finite(estimate.interval.low), finite(estimate.interval.high)],
          ...(pairs.length > 1 ? { p: gain.p, holm: gain.adjusted } : {}),
        };
      }),
    ),
  };
}
