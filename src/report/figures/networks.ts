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
import { aboveFloor, estimates, level, line, panelLayout } from './layout.js';

const names: Readonly<Record<NetworkBound, string>> = {
  paper: 'Theorem 4.1',
  corrected: 'corrected theorem',
};

const floor = 1e-4;

/** Failure of whole networks at each bound's own widths, against R over the theorem's threshold. */
export function networksFigure(panels: readonly NetworkPanel[], delta: number): Figure {
  const layout = level(
    panelLayout(
      { title: 'R / R*', log: true, range: [0.009, 3.6] },
      { title: 'failure probability', log: true, range: [floor, 1.5] },
    ),
    delta,
    `δ = ${delta}`,
    'above left',
  );
  return {
    legend: [
      { label: html`at the widths of Theorem 4.1`, colour: '$paper', mark: 'line' },
      { label: html`at the corrected theorem’s`, colour: '$corrected', mark: 'line' },
      { label: html`simulated, with interval`, colour: '$corrected', mark: 'point' },
      { label: html`<i>δ</i>, promised`, colour: '$bad', mark: 'dashed' },
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
      .map(({ R, simulated: { rate, interval } }) => ({
        x: R / threshold,
        value: 1 - rate,
        low: 1 - interval.high,
        high: 1 - interval.low,
      }));
    return [
      line(
        own.map(({ R }) => R / threshold),
        own.map(({ exact }) => exact.failure),
        colour,
        `${names[bound]}: R/R* %{x:.3g}, failure %{y:.4g}`,
      ),
      estimates(
        aboveFloor(points, floor),
        colour,
        `${names[bound]}, simulated: %{y:.4g} in [%{customdata[0]:.4g}, %{customdata[1]:.4g}]`,
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
