import type { Data } from 'plotly.js-dist';
import { formatNumber } from '../format.js';
import { type Html, html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import type { LeastWidthPanel } from '../theory/least-width.js';
import { estimates, line, panelLayout } from './layout.js';

/** Least width against R: the paper's bound, the corrected count, the exact least width, the simulated one. */
export function leastWidthFigure(panels: readonly LeastWidthPanel[]): Figure {
  const largest = Math.max(...panels.flatMap((panel) => panel.rows.map((row) => row.corrected)));
  const layout = panelLayout(
    { title: 'R, samples per entry', log: true, range: [0.9, 1100] },
    { title: 'hidden width D', log: true, range: [1.4, largest * 1.8] },
  );
  return {
    legend: [
      { label: html`the paper’s bound`, colour: '$paper', mark: 'line' },
      { label: html`corrected count`, colour: '$corrected', mark: 'line' },
      { label: html`exact least width`, colour: '$exact', mark: 'dotted' },
      { label: html`simulated least width, bracket`, colour: '$simulated', mark: 'point' },
      { label: html`the paper’s width is too small`, colour: '$paper-area', mark: 'area' },
    ],
    panels: panels.map((panel) => ({ title: panelTitle(panel), data: panelData(panel), layout })),
  };
}

function panelTitle({ statement, weight, tolerance }: LeastWidthPanel): Html {
  return html`${statement}, <i>w</i> = ${weight}, tolerance <i>t</i> = ${tolerance}`;
}

function panelData({ rows, simulated }: LeastWidthPanel): Data[] {
  const R = rows.map((row) => row.R);
  const paper = rows.map((row) => row.paper);
  const short: Data = {
    ...line(
      R,
      rows.map((row) => Math.max(row.paper, row.exact)),
      '$paper-area',
      '',
      { width: 0 },
    ),
    fill: 'tonexty',
    fillcolor: '$paper-area',
    hoverinfo: 'skip',
  } as Data;
  const brackets = simulated.flatMap(({ R, low, high }) => (high === null ? [] : [{ x: R, low, high }]));
  return [
    line(
      R,
      rows.map((row) => row.corrected),
      '$corrected',
      'corrected: R %{x}, D %{y:,}',
    ),
    line(R, paper, '$paper', 'paper: R %{x}, D %{y:,}'),
    short,
    line(
      R,
      rows.map((row) => row.exact),
      '$exact',
      'exact: R %{x}, D %{y:,}',
      { dash: 'dot' },
    ),
    estimates(brackets, '$simulated', 'simulated: R %{x}, D in [%{customdata[0]:,}, %{customdata[1]:,}]'),
  ];
}

/** The figure's numbers. */
export function leastWidthTable(panels: readonly LeastWidthPanel[], alphaEach: number): Table {
  return {
    caption: html`Hidden width <i>D</i>; simulated brackets hold the least width with probability at least 1 − ${formatNumber(alphaEach)} each`,
    head: ['Statement', 'w', 'R', 'paper', 'corrected', 'exact', 'simulated'].map((name) => html`${name}`),
    rows: panels.flatMap(({ statement, weight, rows, simulated }) =>
      rows.flatMap((row, i) => {
        const bracket = simulated.find(({ R }) => R === row.R);
        if (bracket === undefined && i % Math.ceil(rows.length / 8) !== 0) return [];
        const shown =
          bracket === undefined
            ? ''
            : bracket.high === null
              ? 'not decided'
              : `${formatNumber(bracket.low)} to ${formatNumber(bracket.high)}`;
        const numbers = [weight, row.R, row.paper, row.corrected, row.exact].map(
          (v) => html`${formatNumber(v)}`,
        );
        return [[html`${statement}`, ...numbers, html`${shown}`]];
      }),
    ),
  };
}
