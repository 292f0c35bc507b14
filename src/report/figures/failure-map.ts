import type { Data } from 'plotly.js-dist';
import { formatNumber } from '../format.js';
import { html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import type { FailureMap } from '../theory/failure-map.js';
import { line, panelLayout } from './layout.js';

/** log10 of the least failure that the colours tell apart. */
const DECADES = 6;

/** Failure over (n, R) as a heat map on a logarithmic scale, with the curves n(R). */
export function failureMapFigure(maps: readonly FailureMap[]): Figure {
  return {
    legend: [
      { label: html`Proposition 4.3`, colour: '$paper', mark: 'line' },
      { label: html`corrected count`, colour: '$corrected', mark: 'line' },
      { label: html`exact, failure <i>δ</i>`, colour: '$exact', mark: 'dotted' },
    ],
    panels: maps.map((map) => ({
      title: html`<i>w</i> = ${map.weight}`,
      data: panelData(map),
      layout: panelLayout(
        { title: 'R, samples per entry', log: true, range: [1, map.R.at(-1)!] },
        { title: 'n, neurons per side', log: true, range: [1, map.n.at(-1)!] },
      ),
    })),
  };
}

function panelData({ R, n, failure, paper, corrected, exact }: FailureMap): Data[] {
  return [
    {
      type: 'heatmap',
      x: [...R],
      y: [...n],
      z: failure.map((row) => row.map((p) => Math.max(Math.log10(p), -DECADES))),
      zmin: -DECADES,
      zmax: 0,
      zsmooth: false,
      colorscale: [0, 1, 2, 3, 4].map((i): [number, string] => [i / 4, `$heat-${4 - i}`]),
      showscale: true,
      colorbar: colourBar(),
      hovertemplate: 'R %{x}, n %{y}: failure 10^%{z:.2f}<extra></extra>',
    },
    line(R, corrected, '$corrected', 'corrected: R %{x}, n %{y:,}', { width: 2.5 }),
    line(R, paper, '$paper', 'Proposition 4.3: R %{x}, n %{y:,}', { width: 2.5 }),
    line(R, exact, '$exact', 'exact: R %{x}, n %{y:,}', { width: 2, dash: 'dot' }),
  ];
}

/** Says what failure a colour is. */
function colourBar() {
  const exponents = Array.from({ length: DECADES / 2 + 1 }, (_, i) => -2 * i);
  return {
    title: { text: 'failure', side: 'right', font: { size: 12 } },
    tickvals: exponents,
    ticktext: exponents.map((e) => (e === 0 ? '1' : `${e === -DECADES ? '≤ ' : ''}10<sup>${e}</sup>`)),
    thickness: 12,
    outlinecolor: '$muted',
    outlinewidth: 1,
    tickcolor: '$muted',
    xpad: 6,
  } as const;
}

/** A coarser grid of the figure's numbers. */
export function failureMapTable(maps: readonly FailureMap[]): Table {
  const every = (list: readonly number[]) => list.map((_, i) => i).filter((i) => i % 8 === 0);
  const [first] = maps;
  return {
    caption: html`Failure probability of the construction, exact; rows are <i>n</i>, columns <i>R</i>`,
    head: [html`w, n`, ...every(first?.R ?? []).map((j) => html`R = ${formatNumber(first!.R[j]!)}`)],
    rows: maps.flatMap(({ weight, R, n, failure }) =>
      every(n).map((i) => [
        html`w = ${weight}, n = ${formatNumber(n[i]!)}`,
        ...every(R).map((j) => html`${formatNumber(failure[i]![j]!)}`),
      ]),
    ),
  };
}
