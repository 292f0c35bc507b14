import { formatInterval, formatNumber } from '../format.js';
import { html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import type { FailureCurve, FailurePanel, SimulatedFailure } from '../theory/failure.js';
import { aboveFloor, estimates, level, line, panelLayout } from './layout.js';

const colours = ['$w05', '$w1'] as const;
const floor = 1e-6;

/** Failure probability at the paper's width against R, with delta drawn. */
export function failureFigure(panels: readonly FailurePanel[]): Figure {
  const base = panelLayout(
    { title: 'R, samples per entry', log: true, range: [0.9, 1100] },
    { title: 'failure probability', log: true, range: [floor, 1] },
  );
  const names = together(panels[0]?.weights ?? []);
  return {
    legend: [
      ...names.map(({ weights }, i) => ({
        label: html`construction, <i>w</i> = ${weights.join(' and ')}`,
        colour: colours[i % 2]!,
        mark: 'line' as const,
      })),
      { label: html`all subnetworks, <i>w</i> = 1`, colour: '$existence', mark: 'line' },
      { label: html`simulated, with interval`, colour: '$w1', mark: 'point' },
      { label: html`<i>δ</i>, promised`, colour: '$bad', mark: 'dashed' },
    ],
    panels: panels.map(({ delta, weights, existence }) => ({
      title: html`<i>δ</i> = ${delta}`,
      layout: level(base, delta, `δ = ${delta}`, 'above right'),
      data: [
        ...together(weights).flatMap((curve, i) =>
          draw(curve, colours[i % 2]!, `construction, w = ${curve.weights.join(' and ')}`),
        ),
        ...draw(existence, '$existence', 'all subnetworks, w = 1'),
      ],
    })),
  };
}

/** Weights whose curves are the same (all whose window lies inside [-1, 1]) as one curve, with the estimates of all. */
function together(
  curves: FailurePanel['weights'],
): (FailureCurve & { readonly weights: readonly number[] })[] {
  const groups = new Map<string, (FailureCurve & { weight: number })[]>();
  for (const curve of curves) {
    const key = curve.rows.map(({ failure }) => failure.toPrecision(9)).join();
    groups.set(key, [...(groups.get(key) ?? []), curve]);
  }
  return [...groups.values()].map((same) => ({
    weights: same.map(({ weight }) => weight),
    rows: same[0]!.rows,
    simulated: same.flatMap(({ simulated }) => simulated),
  }));
}

function draw({ rows, simulated }: FailureCurve, colour: string, name: string) {
  const points = simulated.map(({ R, failure, interval }) => ({ x: R, value: failure, ...interval }));
  return [
    line(
      rows.map((row) => row.R),
      rows.map((row) => row.failure),
      colour,
      `${name}: R %{x}, failure %{y:.4g}`,
    ),
    estimates(
      aboveFloor(points, floor),
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
