import { accuracyOf } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { refreshOf } from '../../train/spec/pruning.js';
import type { TrainSpec } from '../../train/spec/spec.js';
import { type Html, html } from '../page/html.js';
import type { Table } from '../page/section.js';
import { rowText } from './cells.js';

/** A setting that was tried, with its validation accuracies in percent, one a run. */
export interface Tried {
  readonly setting: string;
  readonly spec: TrainSpec;
  readonly values: readonly number[];
  readonly mean: number;
}

/** What was tried for one row of the table, and what was taken. */
export interface Choice {
  readonly of: string;
  readonly tried: readonly Tried[];
  /** The largest mean; of equal ones the first. */
  readonly chosen: Tried;
}

/** The choices of learning rates: of each rule and sparsity, over the tries without a refresh. */
export const rateChoices = (runs: readonly FinishedRun[]): Choice[] =>
  choicesOf(runs, rowText, ({ learningRate }) => `${learningRate}`);

/** The choices of K_per and r: of each refresh, one for all rules and sparsities, by the mean over them. */
export const refreshChoices = (runs: readonly FinishedRun[]): Choice[] =>
  choicesOf(runs, refreshOf, ({ period, rate }) => `K_per = ${period}, r = ${rate}`);

function choicesOf(
  runs: readonly FinishedRun[],
  row: (spec: TrainSpec) => string,
  setting: (spec: TrainSpec) => string,
): Choice[] {
  const ascending = runs.toSorted(
    ({ spec: a }, { spec: b }) =>
      a.learningRate - b.learningRate || (a.period ?? 0) - (b.period ?? 0) || (a.rate ?? 0) - (b.rate ?? 0),
  );
  const rows = grouped(ascending, row);
  return [...rows].map(([of, own]) => {
    const tried = [...grouped(own, setting)].map(([name, tries]): Tried => {
      const values = tries.map((run) => accuracyOf(run, 'validation'));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return { setting: name, spec: tries[0]!.spec, values, mean };
    });
    const chosen = tried.reduce((best, other) => (other.mean > best.mean ? other : best));
    return { of, tried, chosen };
  });
}

function grouped(runs: readonly FinishedRun[], by: (spec: TrainSpec) => string): Map<string, FinishedRun[]> {
  const groups = new Map<string, FinishedRun[]>();
  for (const run of runs) groups.set(by(run.spec), [...(groups.get(by(run.spec)) ?? []), run]);
  return groups;
}

/** What was tried, a row a choice, the taken one marked. */
export function choiceTable(choices: readonly Choice[], caption: Html): Table {
  const settings = [...new Set(choices.flatMap(({ tried }) => tried.map((t) => t.setting)))];
  const cell = (choice: Choice, setting: string): Html => {
    const tried = choice.tried.find((t) => t.setting === setting);
    if (tried === undefined) return html``;
    const text = tried.mean.toFixed(2);
    return tried === choice.chosen ? html`<b>${text}</b>` : html`${text}`;
  };
  return {
    caption,
    head: [html``, ...settings.map((setting) => html`${setting}`)],
    rows: choices.map((choice) => [html`${choice.of}`, ...settings.map((setting) => cell(choice, setting))]),
  };
}
