import { valueName } from '../../sweep/compare/keys.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import type { PlannedRun } from '../../sweep/plan.js';
import type { TrainSpec } from '../../train/spec/spec.js';
import { html } from '../page/html.js';
import type { Table } from '../page/section.js';
import type { FigureSweep } from './figure.js';

/** How far the runs of a figure are. */
export interface FigureProgress {
  readonly done: number;
  readonly planned: number;
  /** The finished runs of the plan, each once. */
  readonly runs: readonly FinishedRun[];
  readonly table: Table;
}

/** Counts the finished runs of a figure; one that stands in two of its sweeps counts once. */
export function finishedOf(sweeps: readonly FigureSweep[], finished: readonly FinishedRun[]) {
  const all = new Map(sweeps.flatMap(({ plan }) => plan.runs).map((run) => [run.name, run]));
  const runs = finished.filter(({ name }) => all.has(name));
  return { done: runs.length, planned: all.size, runs, all: [...all.values()] };
}

/** {@link finishedOf}, with a table of it. */
export function figureProgress(
  sweeps: readonly FigureSweep[],
  finished: readonly FinishedRun[],
): FigureProgress {
  const { all, ...counts } = finishedOf(sweeps, finished);
  return { ...counts, table: progressTable(all, counts.runs) };
}

const placeOf = ({ spec }: PlannedRun): string => {
  const own = { spec: spec as TrainSpec };
  return `${valueName(own, 'network')}, ${valueName(own, 'width')}`;
};

function progressTable(planned: readonly PlannedRun[], runs: readonly FinishedRun[]): Table {
  const done = new Set(runs.map(({ name }) => name));
  const curves = [...new Set(planned.map(({ curve }) => curve))];
  const places = [...new Set(planned.map(placeOf))];
  return {
    caption: html`Runs that are finished, of those that the figure takes`,
    head: ['network', ...curves].map((name) => html`${name}`),
    rows: places.map((place) => [
      html`${place}`,
      ...curves.map((curve) => {
        const own = planned.filter((run) => placeOf(run) === place && run.curve === curve);
        const finished = own.filter(({ name }) => done.has(name)).length;
        return html`${own.length === 0 ? '' : `${finished} of ${own.length}`}`;
      }),
    ]),
  };
}
