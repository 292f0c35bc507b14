import type { FinishedRun } from '../../sweep/compare/run.js';
import { storedRuns } from '../../sweep/compare/stored.js';
import { accuracyTable } from '../compare/accuracy.js';
import { intervalText } from '../compare/words.js';
import { type Html, html } from '../page/html.js';
import type { ReportPage, Section } from '../page/section.js';
import type { FigureSweep, Scale } from '../paper/figure.js';
import type { Row } from './cells.js';
import { choiceTable, rateChoices, refreshChoices } from './choice.js';
import { gainsFigure, gainsTable } from './gains.js';
import { heatFigure } from './heat.js';
import { type MethodsPart, methodsParts } from './parts.js';
import { costTable, progressTable, settingsTable, tableJson } from './tables.js';
import { answerOf, epochsText, findingsOf, notConcluded } from './words.js';

/** The folder of the page inside the reports folder. */
export const methodsFolder = (scale: Scale): string => `methods${scale === 'paper' ? '' : `-${scale}`}`;

/** The page of the table of rules and refreshes, from the runs that are finished; undefined as long as none of the table's is. */
export function methodsPage(
  scale: Scale,
  sweeps: readonly FigureSweep[],
  finished: readonly FinishedRun[],
): ReportPage | undefined {
  const parts = methodsParts(scale, sweeps, finished);
  if (parts.length === 0) return undefined;
  const command = `npx iterand figure methods${scale === 'paper' ? '' : ` --scale ${scale}`}`;
  const all = parts.flatMap(({ runs }) => [...runs.rates, ...runs.refreshes, ...runs.table]);
  const chosen = parts.filter(({ runs }) => runs.rates.length > 0);
  return {
    folder: methodsFolder(scale),
    title: 'Does randomization help every way of pruning?',
    answer:
      scale === 'paper'
        ? answerOf(parts)
        : html`This page shows that the pipeline works, from nothing to a table; its numbers say nothing.`,
    lead: {
      id: 'table',
      title: 'Rules and refreshes',
      caption: html`Test accuracy after the last epoch, the mean over the seeds, by pruning rule with the pruned fraction p (rows; drawn masks have none) and by what becomes of pruned weights (columns). Equal seeds share first weights, scores and batches, and the refresh alone differs within a row.`,
      figure: heatFigure(parts),
      table: numbersTable(parts),
    },
    subtitle: html`The paper (Chijiwa et al. 2021, Limitations) tried randomization with edge-popup alone, and expects it to help better ways of pruning too. Here each pruning rule is trained with each refresh of its pruned weights, on the same networks, seeds, batches and number of epochs.`,
    findings: scale === 'paper' ? [...parts.flatMap(findingsOf), ...notConcluded(parts)] : [],
    sections: [
      {
        id: 'gains',
        title: 'What a refresh adds, by seed',
        caption: html`Runs of one seed are compared pair by pair. The tests of a data set are one family: Holm’s adjustment keeps the probability of any false ‘told apart’ in it at 5 % at most.`,
        figure: gainsFigure(parts),
        table: gainsTable(parts),
        command,
        data: { file: 'table.json', json: tableJson(parts, command) },
      },
      ...parts.map((part) => accuracySection(part)),
      ...chosen.flatMap((part) => choiceSections(part)),
      {
        id: 'settings',
        title: 'Settings, and how to repeat them',
        caption: html`What is not named is the default of iterand. <code>${command}</code> carries out every run of this page and makes it again, <code>--only 'rule=biprop,refresh=recycle'</code> some of them; the sweep files are in <code>sweeps/</code>.`,
        table: settingsTable(parts),
      },
      ...ticketSections(parts),
      {
        id: 'cost',
        title: 'What it took',
        caption: html`Other work ran on the machine, so wall times are rough.`,
        table: costTable(parts),
      },
      {
        id: 'runs',
        title: 'What is finished',
        caption: html`Every run with its settings, epochs, result and machine is in the data file, which is sealed by its SHA-256.`,
        table: progressTable(sweeps, finished),
        command,
        data: { file: 'runs.json', json: storedRuns(all) },
      },
    ],
    provenance: html`Made by <code>${command}</code>. Learning rates, K<sub>per</sub> and r were chosen on validation images with other seeds; the test images were used once a run, after its last epoch.`,
  };
}

function numbersTable(parts: readonly MethodsPart[]) {
  const cell = (row: Row, refresh: string): Html => {
    const group = row.cells.get(refresh);
    if (group === undefined) return html``;
    const interval = intervalText(group.estimate);
    return html`${group.estimate.mean.toFixed(2)}${interval === '' ? '' : ` (${interval})`}`;
  };
  const refreshes = ['none', 'randomize', 'recycle'];
  return {
    caption: html`Mean test accuracy in percent, and Student’s 95 % interval over the seeds. Random and magnitude masks are fixed and nothing is trained, so they take no refresh`,
    head: ['rule', 'data', ...refreshes].map((name) => html`${name}`),
    rows: parts.flatMap(({ data, table }) =>
      table.rows.map((row) => [
        html`${row.label}`,
        html`${data}`,
        ...refreshes.map((refresh) => cell(row, refresh)),
      ]),
    ),
  };
}

function accuracySection({ data, table, runs }: MethodsPart): Section {
  const [{ spec, result }] = runs.table as [FinishedRun];
  return {
    id: `accuracy-${spec.data}`,
    title: `${data}: every cell`,
    caption: html`${result.data.name}: ${epochsText(spec.epochs)}, batches of ${spec.batch}, on ${String(spec.network)} at width ${spec.width}.`,
    table: accuracyTable(table.comparison),
  };
}

function choiceSections({ data, runs }: MethodsPart): Section[] {
  const { data: key, epochs } = runs.rates[0]!.spec;
  const sections: Section[] = [
    {
      id: `rates-${key}`,
      title: `${data}: the choice of learning rates`,
      caption: html`Validation accuracy without a refresh after ${epochsText(epochs)}, the mean over ${seedsText(runs.rates)}, which the table does not use. The same six learning rates were tried for every rule; the best is taken, of equal ones the lowest, and used with every refresh.`,
      table: choiceTable(
        rateChoices(runs.rates),
        html`Validation accuracy in percent by learning rate; what was taken is bold`,
      ),
    },
  ];
  if (runs.refreshes.length === 0) return sections;
  return [
    ...sections,
    {
      id: `refreshes-${key}`,
      title: `${data}: the choice of K_per and r`,
      caption: html`Mean validation accuracy over all rules and sparsities, with the learning rates above and ${seedsText(runs.refreshes)}, which the table does not use. The best of three is taken, of equal ones the first: one K<sub>per</sub> and r for each refresh, the same for every rule.`,
      table: choiceTable(
        refreshChoices(runs.refreshes),
        html`Validation accuracy in percent by K_per and r; what was taken is bold`,
      ),
    },
  ];
}

/** `seed 1` or `seeds 1 and 2`. */
function seedsText(runs: readonly FinishedRun[]): string {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(' and ')}`;
}

/** The networks that are kept as tickets. */
function ticketSections(parts: readonly MethodsPart[]): Section[] {
  const kept = parts.flatMap(({ data, table }) =>
    table.comparison.groups.flatMap(({ curve, place, runs, values }) =>
      runs.flatMap(({ ticket, seed }, i) =>
        ticket === undefined ? [] : [{ data, curve, place, seed, ticket, value: values[i]! }],
      ),
    ),
  );
  if (kept.length === 0) return [];
  return [
    {
      id: 'tickets',
      title: 'Networks that are kept',
      caption: html`The first seed of the best cell at each p that a ticket can hold, and of the best with drawn masks where these learned something. ‘evaluate’ scores it again, to the same digits on the same kind of processor.`,
      table: {
        caption: html`Tickets: seeds and masks, in bytes`,
        head: ['cell', 'data', 'seed', 'test accuracy, %', 'bytes', 'evaluate'].map((name) => html`${name}`),
        rows: kept.map(({ data, curve, place, seed, ticket, value }) => [
          html`${[curve.label, place.label].filter((label) => label !== '').join(', ')}`,
          html`${data}`,
          html`${seed}`,
          html`${value.toFixed(2)}`,
          html`${ticket.bytes.toLocaleString('en')}`,
          html`<code>npx iterand evaluate ${ticket.path}</code>`,
        ]),
      },
    },
  ];
}
