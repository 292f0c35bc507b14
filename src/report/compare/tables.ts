import { shellWord } from '../../core/shell.js';
import type { Comparison, Group } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { html } from '../page/html.js';
import type { Table } from '../page/section.js';
import { trainCommand } from './repeat.js';

/** What the runs took, a row a curve and place. Wall times are of machines that may have had other work. */
export function costTable({ groups }: Comparison): Table {
  const head = [
    'what',
    'where',
    'multiply-adds an image',
    'steps',
    'training images/s',
    'training hours a run',
    machinesHead(groups.flatMap(({ runs }) => runs)),
  ];
  return {
    caption: html`Multiply-adds are those of one forward pass; images/s and hours are the mean over the runs, training alone`,
    head: head.map((name) => html`${name}`),
    rows: groups.map((group) => [
      html`${group.curve.label}`,
      html`${group.place.label}`,
      html`${group.runs[0]!.size?.multiplyAdds.toLocaleString('en') ?? ''}`,
      html`${group.runs[0]!.result.steps.toLocaleString('en')}`,
      html`${meanOf(group, ({ images, trainingSeconds }) => images / trainingSeconds, 0)}`,
      html`${meanOf(group, ({ trainingSeconds }) => trainingSeconds / 3600, 2)}`,
      html`${[...new Set(group.runs.flatMap(machines))].join('; ')}`,
    ]),
  };
}

/** The mean of what runs with times say, rounded; empty if none has times. */
function meanOf({ runs }: Group, of: (times: Times) => number, digits: number): string {
  const values = runs.flatMap(({ times }) =>
    times === undefined || times.trainingSeconds === 0 ? [] : [of(times)],
  );
  if (values.length === 0) return '';
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return mean.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

type Times = NonNullable<FinishedRun['times']>;

/** The machines of a run: `AMD EPYC, 2`, and `CUDA` where it computed on one of its devices; which one is for the run's own records. */
export const machines = ({ times }: FinishedRun): string[] =>
  (times?.parts ?? []).map(({ cpu, threads, device }) =>
    [cpu, threads, ...(device === undefined ? [] : ['CUDA'])].join(', '),
  );

/** What a column of {@link machines} is headed. */
export const machinesHead = (runs: readonly FinishedRun[]): string =>
  `processor, threads${runs.some(({ times }) => times?.parts.some((p) => p.device)) ? ', device' : ''}`;

/** Every run, with what scores it again and what trains it again. */
export function runsTable({ groups, metric }: Comparison, ticketPath: (run: FinishedRun) => string): Table {
  const runs = groups.flatMap((group) => group.runs.map((run, i) => ({ run, value: group.values[i]! })));
  return {
    caption: html`Every run. ‘evaluate’ scores its network again, with the same digits on the same kind of processor; ‘train’ makes it again`,
    head: ['run', `${metric} accuracy, %`, 'best epoch by validation', 'data', 'evaluate', 'train'].map(
      (name) => html`${name}`,
    ),
    rows: runs.map(({ run, value }) => [
      html`${run.name}`,
      html`${value.toFixed(2)}`,
      html`${run.result.best.epoch + 1}`,
      html`${run.result.data.name}`,
      html`<code>npx iterand evaluate ${shellWord(ticketPath(run))}</code>`,
      html`<code>${trainCommand(run)}</code>`,
    ]),
  };
}
