import type { Data } from 'plotly.js-dist';
import type { StrategyName } from '../../theory/search/strategies/index.js';
import { formatInterval, formatNumber } from '../format.js';
import { html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import type { WidthLawFigure } from '../theory/width-law.js';
import { estimates, line, panelLayout } from './layout.js';

/** Neurons for one weight, and hidden width of a whole network, against R, on logarithmic axes. */
export function widthLawFigure({ tolerance, weight, network }: WidthLawFigure): Figure {
  const R = { title: 'R, samples per entry', log: true, range: [0.9, 1100] } as const;
  return {
    legend: [
      { label: html`the paper’s formula`, colour: '$paper', mark: 'line' },
      { label: html`corrected theorem`, colour: '$corrected', mark: 'line' },
      { label: html`theorem under re-sampling`, colour: '$exact', mark: 'line' },
      { label: html`no subnetwork can do with less`, colour: '$bad', mark: 'dashed' },
      { label: html`sums over neurons, all subnetworks, simulated`, colour: '$simulated', mark: 'point' },
    ],
    panels: [
      {
        title: html`one weight, <i>w</i> = 1, within <i>t</i> = ${tolerance}, one sign`,
        data: [
          ...curves(weight.rows, 'n'),
          line(
            weight.rows.map((row) => row.R),
            weight.rows.map((row) => row.counting),
            '$bad',
            'counting: R %{x}, n %{y:,}',
            { dash: 'dash' },
          ),
          estimates(
            weight.points.flatMap(({ resamplings, strategies }) =>
              strategies.flatMap((found) =>
                found.name === 'subset-sum' && !found.exact
                  ? [
                      {
                        x: resamplings,
                        value: found.least,
                        low: found.interval.low,
                        high: found.interval.high,
                      },
                    ]
                  : [],
              ),
            ),
            '$simulated',
            'all subnetworks: R %{x}, n %{y} in [%{customdata[0]}, %{customdata[1]}]',
          ),
        ],
        layout: panelLayout(R, { title: 'n, neurons', log: true, range: [0.7, 3 * weight.rows[0]!.paper] }),
      },
      {
        title: html`${network.widths.join('–')}, <i>ε</i> = ${network.epsilon}, <i>δ</i> = ${network.delta}`,
        data: [
          ...curves(network.rows, 'D_1'),
          line(
            network.rows.map((row) => row.R),
            network.rows.map((row) => row.necessary),
            '$bad',
            'necessary: R %{x}, D_1 %{y:,}',
            { dash: 'dash' },
          ),
        ],
        layout: panelLayout(R, {
          title: 'hidden width D<sub>1</sub>',
          log: true,
          range: [0.7, 3 * Math.max(network.rows[0]!.paper, network.rows[0]!.corrected)],
        }),
      },
    ],
  };
}

interface Curves {
  readonly R: number;
  readonly paper: number;
  readonly corrected: number;
  readonly resampled: number;
}

function curves(rows: readonly Curves[], what: string): Data[] {
  const R = rows.map((row) => row.R);
  return (
    [
      ['paper', 'the paper’s formula', '$paper'],
      ['corrected', 'corrected theorem', '$corrected'],
      ['resampled', 'theorem under re-sampling', '$exact'],
    ] as const
  ).map(([key, name, colour]) =>
    line(
      R,
      rows.map((row) => row[key]),
      colour,
      `${name}: R %{x}, ${what} %{y:,}`,
    ),
  );
}

/** The least n of every strategy, beside the bounds. */
export function widthLawTable({ delta, trials, weight, alphaEach }: WidthLawFigure): Table {
  const names = weight.points[0]!.strategies.map(({ name }) => name);
  return {
    caption: html`Least neurons for one weight and one sign, failure at most ${delta}; sums over neurons by ${formatNumber(trials)} trials, each interval holding the least with probability at least 1 − ${formatNumber(alphaEach)}; projection and product exact; the theorem by its recursion where it is smaller`,
    head: [
      html`R`,
      ...names.map((name) => html`${strategyTitle[name]}`),
      ...['theorem', 'corrected', 'paper', 'counting'].map((name) => html`${name}`),
    ],
    rows: weight.points.map(({ resamplings, strategies, theorem, bounds }) => [
      html`${resamplings}`,
      ...strategies.map((found) =>
        found.exact
          ? html`${formatNumber(found.least)}`
          : html`${found.least} in ${formatInterval(found.interval)}`,
      ),
      ...[theorem!.neurons, bounds.corrected!, bounds.paper!, bounds.counting!].map(
        (n) => html`${formatNumber(n)}`,
      ),
    ]),
  };
}

const strategyTitle: Readonly<Record<StrategyName, string>> = {
  projection: 'projection',
  product: 'product',
  'subset-sum-first': 'sums, first u above 2/3',
  'subset-sum-fixed': 'sums, largest u',
  'subset-sum': 'sums, all subnetworks',
};
