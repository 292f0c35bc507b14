import type { Data } from 'plotly.js-dist';
import { formatNumber } from '../format.js';
import { html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import type { SuccessMap } from '../theory/success-map.js';
import { line, panelLayout } from './layout.js';

/** Success over (n, R) as a heat map, with the curves n(R). */
export function successMapFigure(maps: readonly SuccessMap[]): Figure {
  return {
    legend: [
      { label: html`success probability, 0 to 1`, colour: '$heat-4', mark: 'scale' },
      { label: html`Proposition 4.3`, colour: '$paper', mark: 'line' },
      { label: html`corrected count`, colour: '$corrected', mark: 'line' },
      { label: html`exact, success 1 − <i>δ</i>`, colour: '$exact', mark: 'dotted' },
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

function panelData({ R, n, success, paper, corrected, exact }: SuccessMap): Data[] {
  return [
    {
      type: 'heatmap',
      x: [...R],
      y: [...n],
      z: success.map((row) => [...row]),
      zmin: 0,
      zmax: 1,
      zsmooth: false,
      colorscale: [0, 1, 2, 3, 4].map((i): [number, string] => [i / 4, `$heat-${i}`]),
      showscale: false,
      hovertemplate: 'R %{x}, n %{y}: success %{z:.4f}<extra></extra>',
    },
    line(R, corrected, '$corrected', 'corrected: R %{x}, n %{y:,}', { width: 2.5 }),
    line(R, paper, '$paper', 'Proposition 4.3: R %{x}, n %{y:,}', { width: 2.5 }),
    line(R, exact, '$exact', 'exact: R %{x}, n %{y:,}', { width: 2, dash: 'dot' }),
  ];
}

/** A coarser grid of the figure's numbers. */
export function successMapTable(maps: readonly SuccessMap[]): Table {
  const every = (list: readonly number[]) => list.map((_, i) => i).filter((i) => i % 8 === 0);
  const [first] = maps;
  return {
    caption: html`Success probability of the construction, exact; rows are <i>n</i>, columns <i>R</i>`,
    head: [html`w, n`, ...every(first?.R ?? []).map((j) => html`R = ${formatNumber(first!.R[j]!)}`)],
    rows: maps.flatMap(({ weight, R, n, success }) =>
      every(n).map((i) => [
        html`w = ${weight}, n = ${formatNumber(n[i]!)}`,
        ...every(R).map((j) => html`${formatNumber(success[i]![j]!)}`),
      ]),
    ),
  };
}
