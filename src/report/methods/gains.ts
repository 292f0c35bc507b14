import type { Data } from 'plotly.js-dist';
import { refreshOf } from '../../train/spec/pruning.js';
import { intervalText } from '../compare/words.js';
import { panelLayout } from '../figures/layout.js';
import { type Html, html } from '../page/html.js';
import type { Figure, Panel, Table } from '../page/section.js';
import { decided, type Gain, type MethodsTable, rowText } from './cells.js';

/** `edge-popup, p = 0.5: recycle`. */
export const gainText = ({ of }: Gain): string =>
  `${rowText(of.runs[0]!.spec)}: ${refreshOf(of.runs[0]!.spec)}`;

/** Accuracy with a refresh minus that without, seed by seed, and the mean with its interval. */
export function gainsFigure(
  tables: readonly { readonly data: string; readonly table: MethodsTable }[],
): Figure {
  const several = tables.some(({ table }) => table.gains.some((g) => g.difference.pairs.length > 1));
  return {
    legend: [
      { label: html`one pair of equal seed`, colour: '$muted', mark: 'dot' },
      ...(several
        ? [
            { label: html`mean with its 95 % interval`, colour: '$ink', mark: 'point' as const },
            { label: html`told apart from 0 (Holm)`, colour: '$corrected', mark: 'point' as const },
          ]
        : []),
    ],
    panels: tables.flatMap(({ data, table }) => {
      const sparsities = [...new Set(table.gains.map((gain) => sparsityOf(gain)))];
      return sparsities.map((sparsity) => {
        const own = table.gains.filter((gain) => sparsityOf(gain) === sparsity);
        const where = sparsity === undefined ? 'drawn masks' : `p = ${sparsity}`;
        return { title: html`${data}, ${where}`, ...panelOf(own) };
      });
    }),
  };
}

const sparsityOf = ({ of }: Gain): number | undefined => of.runs[0]!.spec.sparsity;

function panelOf(gains: readonly Gain[]): Panel {
  const ends = gains.flatMap(({ difference: { pairs, estimate } }) => [
    ...pairs.map(({ value }) => value),
    ...(pairs.length > 1 ? [estimate.interval.low, estimate.interval.high] : []),
  ]);
  const layout = panelLayout(
    { title: 'gain, points', range: [Math.min(0, ...ends) - 1, Math.max(0, ...ends) + 1] },
    { title: '', range: [gains.length + 0.6, 0.4], labels: gains.map(axisText) },
  );
  const shapes = [
    {
      type: 'line',
      x0: 0,
      x1: 0,
      yref: 'paper',
      y0: 0,
      y1: 1,
      line: { color: '$muted', width: 1.5, dash: 'dash' },
    },
  ] as never;
  return { layout: { ...layout, shapes }, data: gains.flatMap(marks) };
}

const axisText = ({ of }: Gain): string => of.curve.label.replace(', ', '<br>');

function marks(gain: Gain, i: number): Data[] {
  const { pairs, estimate } = gain.difference;
  const points = {
    type: 'scatter',
    mode: 'markers',
    x: pairs.map(({ value }) => value),
    y: pairs.map(() => i + 1),
    marker: { color: '$muted', size: 8, symbol: 'circle-open', line: { width: 1.5 } },
    hovertemplate: pairs.map(({ label }) => `${gainText(gain)}, ${label}: %{x:.2f} points<extra></extra>`),
  } as Data;
  if (pairs.length === 1) return [points];
  const { mean, interval } = estimate;
  const colour = decided(gain) === 'open' ? '$ink' : '$corrected';
  const middle = {
    type: 'scatter',
    mode: 'markers',
    x: [mean],
    y: [i + 1.22],
    marker: { color: colour, size: 7 },
    error_x: {
      type: 'data',
      symmetric: false,
      array: [interval.high - mean],
      arrayminus: [mean - interval.low],
      color: colour,
      thickness: 1.8,
      width: 4,
    },
    hovertemplate: `${gainText(gain)}, mean: %{x:.2f} in [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]<extra></extra>`,
  } as Data;
  return [points, middle];
}

/** The same numbers. */
export function gainsTable(
  tables: readonly { readonly data: string; readonly table: MethodsTable }[],
): Table {
  return {
    caption: html`Test accuracy with a refresh minus that without, of equal seeds, percentage points; the interval is Student’s, 95 %, each for itself; p is two-sided, and adjusted by Holm over the data set’s rows`,
    head: ['difference', 'data', 'mean', 'interval', 'p', 'p, Holm', 'each pair'].map(
      (name) => html`${name}`,
    ),
    rows: tables.flatMap(({ data, table }) =>
      table.gains.map((gain): Html[] => {
        const { pairs, estimate } = gain.difference;
        const tested = pairs.length > 1;
        return [
          html`${gainText(gain)}`,
          html`${data}`,
          html`${estimate.mean.toFixed(2)}`,
          html`${intervalText(estimate)}`,
          html`${tested ? pText(gain.p) : ''}`,
          html`${tested ? pText(gain.adjusted) : ''}`,
          html`${pairs.map(({ label, value }) => `${label}: ${value.toFixed(2)}`).join('; ')}`,
        ];
      }),
    ),
  };
}

/** Two digits, and never 0. */
export const pText = (p: number): string => (p < 1e-4 ? '< 0.0001' : p.toPrecision(2).replace(/^1\.0$/, '1'));
