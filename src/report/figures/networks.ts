import type { Data } from 'plotly.js-dist';
import { formatFailure, formatInterval, formatNumber } from '../format.js';
import { type Html, html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import {
  type NetworkBound,
  type NetworkPanel,
  networkBounds,
  type SimulatedNetworkRow,
} from '../theory/networks.js';
import { estimates, level, line, panelLayout } from './layout.js';

const names: Readonly<Record<NetworkBound, string>> = {
  paper: 'Theorem 4.1',
  corrected: 'corrected theorem',
};

/** Success of whole networks at each bound's own widths, against R over the theorem's threshold. */
export function networksFigure(panels: readonly NetworkPanel[], delta: number): Figure {
  const layout = level(
    panelLayout(
      { title: 'R / R*', log: true, range: [0.009, 3.6] },
      { title: 'success probability', range: [-0.03, 1.05], ticks: 'percent' },
    ),
    1 - delta,
    `1 − δ = ${1 - delta}`,
    'below left',
  );
  return {
    legend: [
      { label: html`at the widths of Theorem 4.1`, colour: '$paper', mark: 'line' },
      { label: html`at the corrected theorem’s`, colour: '$corrected', mark: 'line' },
      { label: html`simulated, with interval`, colour: '$corrected', mark: 'point' },
      { label: html`promised`, colour: '$bad', mark: 'dashed' },
    ],
    panels: panels.map((panel) => ({ title: panelTitle(panel), data: panelData(panel), layout })),
  };
}

function panelTitle({ widths, threshold }: NetworkPanel): Html {
  return html`${widths.join('–')}, <i>R</i>* = ${formatNumber(threshold)}`;
}

function panelData({ threshold, curves, simulated }: NetworkPanel): Data[] {
  return networkBounds.flatMap((bound) => {
    const colour = `$${bound}`;
    const own = curves.filter((row) => row.bound === bound);
    const points = simulated
      .filter((row) => row.bound === bound)
      .map(({ R, simulated: { rate, interval } }) => ({ x: R / threshold, value: rate, ...interval }));
    return [
      line(
        own.map(({ R }) => R / threshold),
        own.map(({ exact }) => exact.success),
        colour,
        `${names[bound]}: R/R* %{x:.3g}, success %{y:.4f}`,
      ),
      estimates(
        points,
        colour,
        `${names[bound]}, simulated: %{y:.4f} in [%{customdata[0]:.4f}, %{customdata[1]:.4f}]`,
      ),
    ];
  });
}

/** Widths, success and verdict of every simulated point. */
export function networksTable(panels: readonly NetworkPanel[], delta: number, alphaEach: number): Table {
  return {
    caption: html`Does the construction succeed with probability ${1 - delta}? Clopper–Pearson intervals at error level ${formatNumber(alphaEach)} each`,
    head: [
      'Target',
      'R',
      'Bound',
      'Widths D₁, …, D_l',
      'Exact failure',
      'Simulated success',
      'Verdict (exact)',
      'By simulation alone',
    ].map((name) => html`${name}`),
    rows: panels.flatMap(({ widths, simulated }) => simulated.map((row) => tableRow(widths, row))),
  };
}

function tableRow(widths: readonly number[], row: SimulatedNetworkRow): Html[] {
  const { bound, R, hidden, exact, reached, simulated, verdict } = row;
  return [
    html`${widths.join('–')}`,
    html`${formatNumber(R)}`,
    html`${names[bound]}`,
    html`${hidden.map(formatNumber).join(' · ')}`,
    html`${formatFailure(exact)}`,
    html`${formatNumber(simulated.successes)}/${formatNumber(simulated.trials)} in ${formatInterval(simulated.interval)}`,
    reached
      ? html`<span class="verdict good">✓ holds</span>`
      : html`<span class="verdict bad">✗ fails</span>`,
    html`${verdict}`,
  ];
}
