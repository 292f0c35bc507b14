import type { Data } from 'plotly.js-dist';
import { REFRESH_NAMES } from '../../train/prune/refreshes.js';
import { panelLayout } from '../figures/layout.js';
import { html } from '../page/html.js';
import type { Figure, Panel } from '../page/section.js';
import { decided, isFixed, type MethodsTable, type Row } from './cells.js';

const MARKS = { above: ' ▲', below: ' ▼', open: '' } as const;

/**
 * The table as a picture: accuracies in their cells, coloured by the distance from the same rule without a refresh. Rules with fixed
 * masks, which take no refresh, are left to the table of numbers.
 */
export function heatFigure(
  tables: readonly { readonly data: string; readonly table: MethodsTable }[],
): Figure {
  const gains = tables.flatMap(({ table }) => table.gains.map((gain) => gain.difference.estimate.mean));
  // One scale for all panels, and at most half of the full colour, so that the numbers stay readable on it.
  const most = 2 * Math.max(1, ...gains.map(Math.abs));
  return {
    legend: [
      { label: html`above the same rule without a refresh`, colour: '$corrected', mark: 'area' },
      { label: html`below it`, colour: '$paper', mark: 'area' },
      { label: html`▲ ▼ told apart from it (5 %, Holm)`, colour: '$ink', mark: 'dot' },
    ],
    panels: tables.map(({ data, table }) => panelOf(data, table, most)),
  };
}

function panelOf(data: string, { rows: all, gains }: MethodsTable, most: number): Panel {
  const rows = all.filter(({ rule }) => !isFixed(rule));
  const cell = (row: (typeof rows)[number], refresh: string) => row.cells.get(refresh);
  const gainOf = (row: (typeof rows)[number], refresh: string): number | null => {
    const [own, plain] = [cell(row, refresh), cell(row, 'none')];
    return own === undefined || plain === undefined ? null : own.estimate.mean - plain.estimate.mean;
  };
  const z = rows.map((row) => REFRESH_NAMES.map((refresh) => gainOf(row, refresh)));
  const text = rows.map((row) =>
    REFRESH_NAMES.map((refresh) => {
      const own = cell(row, refresh);
      if (own === undefined) return '';
      const gain = gains.find(({ of }) => of === own);
      return `${own.estimate.mean.toFixed(1)}${gain === undefined ? '' : MARKS[decided(gain)]}`;
    }),
  );
  const layout = panelLayout(
    { title: '', range: [0.5, REFRESH_NAMES.length + 0.5], labels: [...REFRESH_NAMES] },
    { title: '', range: [rows.length + 0.5, 0.5], labels: rows.map(rowLabel) },
  );
  const small = { tickfont: { size: 11 }, tickangle: 0 } as const;
  return {
    title: html`${data}: test accuracy, %`,
    layout: {
      ...layout,
      margin: { l: 58, r: 8, t: 8, b: 28 },
      xaxis: { ...layout.xaxis, ...small },
      yaxis: { ...layout.yaxis, ...small },
    },
    data: [
      {
        type: 'heatmap',
        x: REFRESH_NAMES.map((_, i) => i + 1),
        y: rows.map((_, i) => i + 1),
        z,
        text,
        texttemplate: '%{text}',
        textfont: { color: '$ink', size: 12 },
        zmin: -most,
        zmax: most,
        xgap: 2,
        ygap: 2,
        colorscale: [
          [0, '$paper'],
          [0.5, '$page'],
          [1, '$corrected'],
        ],
        showscale: false,
        hovertemplate: '%{text} %, %{z:+.2f} points against no refresh<extra></extra>',
      } as unknown as Data,
    ],
  };
}

/** Short, for a phone. */
const rowLabel = ({ rule, sparsity }: Row) => (sparsity === undefined ? rule : `${rule}, ${sparsity}`);
