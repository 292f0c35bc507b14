import { type CompareOptions, type Comparison, compare } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import type { TrainSpec } from '../../train/spec/spec.js';
import { efficiencyFigure, efficiencyTable, withoutTicket } from '../compare/efficiency.js';
import { epochsFigure } from '../compare/epochs.js';
import { comparisonPage } from '../compare/page.js';
import { differenceText } from '../compare/words.js';
import { type Html, html } from '../page/html.js';
import type { ReportPage, Section } from '../page/section.js';
import type { FigureSweep, PaperFigure, Scale } from './figure.js';
import { type FigureProgress, figureProgress } from './progress.js';

/** The folder of a figure's page inside the reports folder. */
export const figureFolder = ({ number }: PaperFigure, scale: Scale): string =>
  `figure${number}${scale === 'paper' ? '' : `-${scale}`}`;

/**
 * The page of a figure of the paper, from the runs that are finished; undefined as long as none is.
 *
 * @param finished any runs; those that the figure does not take are left out
 * @param evaluated what `iterand evaluate` is given for a run
 */
export function figurePage(
  figure: PaperFigure,
  scale: Scale,
  sweeps: readonly FigureSweep[],
  finished: readonly FinishedRun[],
  evaluated: (run: FinishedRun) => string,
): ReportPage | undefined {
  const progress = figureProgress(sweeps, finished);
  if (progress.runs.length === 0) return undefined;
  const comparison = compare(progress.runs, optionsOf(figure, sweeps));
  const differences = comparison.differences.flatMap((difference) => {
    const { of, minus } = difference;
    const is = (a: string, b: string) => of.label === a && minus.label === b;
    if (figure.pairs.some(([a, b]) => is(a, b))) return [difference];
    return figure.pairs.some(([a, b]) => is(b, a)) ? [reversed(difference)] : [];
  });
  const command = `npx iterand figure ${figure.number}${scale === 'paper' ? '' : ` --scale ${scale}`}`;
  const page = comparisonPage(comparison, {
    folder: figureFolder(figure, scale),
    title: scale === 'paper' ? figure.title : `${figure.title} (scale ‘smoke’)`,
    command,
    answer: answerOf(scale, progress, differences),
    subtitle: figure.says,
    findings: scale === 'paper' ? figure.notes : [],
    differences,
    evaluated,
    ...(figure.axis === 'width' ? { widths: widthsOf(sweeps) } : {}),
    more: [progressSection(progress, command)],
  });
  return figure.axis === 'parameters' ? withParametersFirst(page, comparison) : page;
}

function reversed(difference: Comparison['differences'][number]): Comparison['differences'][number] {
  const { of, minus, pairs, estimate } = difference;
  const { mean, deviation, interval } = estimate;
  return {
    ...difference,
    of: minus,
    minus: of,
    pairs: pairs.map(({ label, value }) => ({ label, value: -value })),
    estimate: { mean: -mean, deviation, interval: { low: -interval.high, high: -interval.low } },
  };
}

function optionsOf(figure: PaperFigure, sweeps: readonly FigureSweep[]): CompareOptions {
  const planned = sweeps.flatMap(({ plan }) => plan.runs);
  const label = new Map(planned.map((run) => [run.name, run.curve]));
  return {
    metric: figure.metric,
    by: figure.by,
    places: ['network', 'width'],
    label: ({ name }) => label.get(name)!,
    order: [...new Set(planned.map(({ curve }) => curve))],
  };
}

const widthsOf = (sweeps: readonly FigureSweep[]): number[] => {
  const widths = sweeps.flatMap(({ plan }) => plan.runs.map(({ spec }) => (spec as TrainSpec).width));
  return [...new Set(widths)].sort((a, b) => a - b);
};

function answerOf(
  scale: Scale,
  { done, planned }: FigureProgress,
  differences: Comparison['differences'],
): Html {
  if (scale === 'smoke')
    return html`This page shows that the pipeline works, from nothing to a figure: ${done} of ${planned} small runs. Its numbers say nothing about the paper.`;
  const sentences = differences
    .slice(0, 4)
    .map((difference) => html`${difference.place.label}: ${differenceText(difference)} `);
  return html`${done} of ${planned} runs. ${sentences}`;
}

function progressSection({ done, planned, table }: FigureProgress, command: string): Section {
  return {
    id: 'progress',
    title: `${done} of ${planned} runs`,
    caption: html`What is finished and what is missing. <code>${command}</code> carries out what is missing and makes this page again.`,
    table,
  };
}

/** Figure 3: parameters against accuracy stand first, and beside the curves by epoch those of the training images. */
function withParametersFirst(page: ReportPage, comparison: Comparison): ReportPage {
  const fifty = comparison.places.filter(({ example }) => example.spec.network === 'resnet50');
  const training: Section[] =
    fifty.length === 0
      ? []
      : [
          {
            id: 'training',
            title: 'ResNet-50 by epoch, training images',
            caption: html`Accuracy on the augmented training images of each epoch, as the steps saw them.`,
            figure: epochsFigure(comparison, 'train', fifty),
          },
        ];
  return {
    ...page,
    lead: {
      ...page.lead,
      id: 'efficiency',
      title: 'Parameters against accuracy',
      caption: html`Weights before pruning, and bytes that store what was trained, against the accuracy on the test images after the last epoch.${withoutTicket(comparison)}`,
      figure: efficiencyFigure(comparison),
      table: efficiencyTable(comparison),
    },
    sections: page.sections.flatMap((section) =>
      section.id === 'efficiency' ? [] : section.id === 'epochs' ? [section, ...training] : [section],
    ),
  };
}
