import type { MethodRuns } from '../../sweep/methods.js';
import { line, panelLayout } from '../figures/layout.js';
import { html } from '../page/html.js';
import type { Figure, Mark, Table } from '../page/section.js';
import { type Comparison, deviationText, intervalText, METHOD_NAMES } from './summary.js';

const STYLES: Readonly<Record<MethodRuns['method'], { colour: string; dash: 'solid' | 'dash'; mark: Mark }>> =
  {
    sgd: { colour: '$muted', dash: 'dash', mark: 'dashed' },
    'edge-popup': { colour: '$paper', dash: 'solid', mark: 'line' },
    iterand: { colour: '$corrected', dash: 'solid', mark: 'line' },
  };

/** The colour of each method in every figure. */
export const METHOD_COLOURS: Readonly<Record<MethodRuns['method'], string>> = {
  sgd: STYLES.sgd.colour,
  'edge-popup': STYLES['edge-popup'].colour,
  iterand: STYLES.iterand.colour,
};

/** Validation accuracy after every epoch: the mean of the seeds, and each seed as a thin line. */
export function methodsFigure(compared: readonly MethodRuns[]): Figure {
  const all = compared.flatMap(({ runs }) => runs.flatMap((r) => r.epochs.map((e) => e.validation.accuracy)));
  const epochCount = compared[0]!.runs[0]!.epochs.length;
  const least = Math.max(0, Math.floor(10 * Math.min(...all)) / 10);
  return {
    legend: compared.map(({ method }) => ({
      label: html`${METHOD_NAMES[method]}, mean of the seeds`,
      colour: STYLES[method].colour,
      mark: STYLES[method].mark,
    })),
    panels: [
      {
        layout: panelLayout(
          { title: 'epoch', range: [0.8, epochCount + 0.2], ticks: 'integer' },
          { title: 'validation accuracy', range: [least, 1], ticks: 'percent' },
        ),
        data: compared.flatMap(({ method, runs }) => {
          const { colour, dash } = STYLES[method];
          const name = METHOD_NAMES[method];
          const epochs = runs[0]!.epochs.map(({ epoch }) => epoch + 1);
          const curves = runs.map((r) => r.epochs.map((e) => e.validation.accuracy));
          const mean = epochs.map((_, i) => curves.reduce((sum, c) => sum + c[i]!, 0) / curves.length);
          return [
            ...runs.map(({ seed }, i) =>
              line(epochs, curves[i]!, colour, `${name}, seed ${seed}: epoch %{x}, %{y:.2%}`, { width: 0.8 }),
            ),
            line(epochs, mean, colour, `${name}, mean: epoch %{x}, %{y:.2%}`, { dash, width: 2.6 }),
          ];
        }),
      },
    ],
  };
}

/** Test accuracy after the last epoch. */
export function methodsTable({ methods }: Comparison): Table {
  return {
    caption: html`Test accuracy after the last epoch, percent; the deviation is the seeds’, divisor n − 1; the interval is Student’s, 95 %`,
    head: ['Method', 'mean', 'deviation', 'interval', 'each seed'].map((name) => html`${name}`),
    rows: methods.map(({ method, test, tests }) => [
      html`${method}`,
      html`${test.mean.toFixed(2)}`,
      html`${deviationText(test)}`,
      html`${intervalText(test)}`,
      html`${tests.map((t) => t.toFixed(2)).join(', ')}`,
    ]),
  };
}
