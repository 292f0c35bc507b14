import { formatInterval, formatNumber } from '../format.js';
import { html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import type { FailureCurve, FailurePanel, SimulatedFailure } from '../theory/failure.js';
import { estimates, level, line, panelLayout } from './layout.js';

// The curves of interior weights coincide: the first is dotted and drawn over the others.
const styles = [
  { colour: '$w0', mark: 'dotted', dash: 'dot' },
  { colour: '$w05', mark: 'line', dash: 'solid' },
  { colour: '$w1', mark: 'line', dash: 'solid' },
] as const;
const floor = 1e-6;

/** Failure probability at the paper's width against R, with delta drawn. */
export function failureFigure(panels: readonly FailurePanel[]): Figure {
  const base = panelLayout(
    { title: 'R, samples per entry', log: true, range: [0.9, 1100] },
    { title: 'failure probability', log: true, range: [floor, 1] },
  );
  const weights = panels[0]?.weights ?? [];
  return {
    legend: [
      ...weights.map(({ weight }, i) => ({
        label: html`construction, <i>w</i> = ${weight}`,
        colour: styles[i % 3]!.colour,
        mark: styles[i % 3]!.mark,
      })),
      { label: html`all subnetworks, <i>w</i> = 1`, colour: '$existence', mark: 'line' },
      { label: html`simulated, with interval`, colour: '$w1', mark: 'point' },
      { label: html`<i>δ</i>, promised`, colour: '$bad', mark: 'dashed' },
    ],
    panels: panels.map(({ delta, weights, existence }) => ({
      title: html`<i>δ</i> = ${delta}`,
      layout: level(base, delta, `δ = ${delta}`, 'above right'),
      data: [
        ...weights
          .map((curve, i) => draw(curve, styles[i % 3]!, `w = ${curve.weight}`))
          .reverse()
          .flat(),
        ...draw(existence, { colour: '$existence', dash: 'solid' }, 'all subnetworks, w = 1'),
      ],
    })),
  };
}

function draw(
  { rows, simulated }: FailureCurve,
  { colour, dash }: { colour: string; dash: 'solid' | 'dot' },
  name: string,
) {
  const R = rows.map((row) => row.R);
  const points = simulated
    .filter(({ interval }) => interval.high > floor)
    .map(({ R, failure, interval }) => ({
      x: R,
      value: Math.max(failure, floor / 10),
      low: Math.max(interval.low, floor / 10),
      high: interval.high,
    }));
  return [
    line(
      R,
      rows.map((row) => row.failure),
      colour,
      `${name}: R %{x}, failure %{y:.4g}`,
      { dash },
    ),
    estimates(
      points,
      colour,
      `${name}, simulated: R %{x}, %{y:.4g} in [%{customdata[0]:.4g}, %{customdata[1]:.4g}]`,
    ),
  ];
}

/** The figure's numbers where it was simulated. */
export function failureTable(panels: readonly FailurePanel[], alphaEach: number): Table {
  const rows = (delta: number, name: string, { rows, simulated }: FailureCurve) =>
    simulated.map((point: SimulatedFailure) => {
      const exact = rows.find(({ R }) => R === point.R);
      return [
        html`${name}`,
        html`${delta}`,
        html`${formatNumber(point.R)}`,
        html`${exact === undefined ? '' : formatNumber(exact.width)}`,
        html`${exact === undefined ? '' : formatNumber(exact.failure)}`,
        html`${formatNumber(point.failure)} in ${formatInterval(point.interval)}, ${formatNumber(point.trials)} trials`,
      ];
    });
  return {
    caption: html`Failure probability at the width of Proposition 4.3; Clopper–Pearson intervals at error level ${formatNumber(alphaEach)} each`,
    head: ['Search', 'δ', 'R', 'width D', 'exact', 'simulated'].map((name) => html`${name}`),
    rows: panels.flatMap(({ delta, weights, existence }) => [
      ...weights.flatMap((curve) => rows(delta, `construction, w = ${curve.weight}`, curve)),
      ...rows(delta, 'all subnetworks, w = 1', existence),
    ]),
  };
}
