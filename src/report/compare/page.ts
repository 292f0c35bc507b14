import type { Comparison, Difference } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { type Html, html, raw } from '../page/html.js';
import type { ReportPage, Section } from '../page/section.js';
import { type AccuracyAxis, accuracyFigure, accuracyTable } from './accuracy.js';
import { comparisonJson } from './data.js';
import { differencesFigure, differencesTable } from './differences.js';
import { efficiencyFigure, efficiencyTable, sizedGroups, withoutTicket } from './efficiency.js';
import { epochsCaption, epochsFigure } from './epochs.js';
import { costTable, runsTable } from './tables.js';
import { differenceText } from './words.js';

/** What a page of compared runs says beside their numbers. */
export interface PageWords extends AccuracyAxis {
  /** Folder inside the reports folder. */
  readonly folder: string;
  readonly title: string;
  readonly subtitle: Html;
  /** The answer, above everything; default: the differences in words. */
  readonly answer?: Html;
  readonly findings?: readonly Html[];
  /** What makes the page again. */
  readonly command: string;
  /** Sections of this page alone, behind the figures. */
  readonly more?: readonly Section[];
  /** The differences that are shown; default all. */
  readonly differences?: readonly Difference[];
  /** What `iterand evaluate` is given for a run. */
  readonly evaluated?: (run: FinishedRun) => string;
}

/** The page of runs held against each other: accuracy, paired differences, curves, parameters, cost, every run and how to repeat it. */
export function comparisonPage(comparison: Comparison, words: PageWords): ReportPage {
  const { command, more = [], differences = comparison.differences } = words;
  const evaluated = words.evaluated ?? ((run: FinishedRun) => run.ticket?.path ?? run.name);
  return {
    folder: words.folder,
    title: words.title,
    subtitle: words.subtitle,
    answer: words.answer ?? answerOf(differences),
    lead: {
      id: 'accuracy',
      title: `${comparison.metric === 'test' ? 'Test' : 'Validation'} accuracy`,
      caption: html`Accuracy on the ${comparison.metric} images after the last epoch, one circle a run; it names the run when pointed at.`,
      figure: accuracyFigure(comparison, words),
      table: accuracyTable(comparison),
    },
    findings: words.findings ?? [],
    sections: [
      ...(differences.length === 0 ? [] : [differencesSection(differences)]),
      epochsSection(comparison),
      ...(sizedGroups(comparison).length === 0 ? [] : [efficiencySection(comparison)]),
      ...more,
      {
        id: 'cost',
        title: 'What it took',
        caption: html`Other work may have run on the machines, so wall times compare runs roughly at best.`,
        table: costTable(comparison),
      },
      {
        id: 'runs',
        title: 'Every run, and how to repeat it',
        caption: html`A run’s name holds the hash of its settings, and its seed. The same command gives the same bytes on the same kind of processor and number of threads.`,
        table: runsTable(comparison, evaluated),
        command,
        data: { file: 'runs.json', json: comparisonJson(comparison, command) },
      },
    ],
    provenance: html`Made by <code>${command}</code> from the runs’ own files, each checked against its checksum. The test images were used once a run, after the last epoch.`,
  };
}

/** The differences in words, as far as they are few enough to be read. */
function answerOf(differences: readonly Difference[]): Html {
  const sentences = differences.slice(0, 3).map((difference) => {
    const at = difference.place.label === '' ? '' : `${difference.place.label}: `;
    return html`${at}${differenceText(difference)} `;
  });
  return sentences.length === 0 ? raw('') : html`${sentences}`;
}

function differencesSection(differences: readonly Difference[]): Section {
  return {
    id: 'differences',
    title: 'Difference by seed',
    caption: html`Runs of one seed see the same batches, and start from the same weights and scores where these are drawn from the same distributions; so they are compared pair by pair.`,
    figure: differencesFigure(differences),
    table: differencesTable(differences),
  };
}

function epochsSection(comparison: Comparison): Section {
  return {
    id: 'epochs',
    title: 'Accuracy by epoch',
    caption: epochsCaption(comparison),
    figure: epochsFigure(comparison),
  };
}

function efficiencySection(comparison: Comparison): Section {
  return {
    id: 'efficiency',
    title: 'Parameters against accuracy',
    caption: html`How many weights a network has before any is pruned, and how many bytes store what was trained: a ticket holds seeds and masks, SGD’s weights are floats.${withoutTicket(comparison)}`,
    figure: efficiencyFigure(comparison),
    table: efficiencyTable(comparison),
  };
}
