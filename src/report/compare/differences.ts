import type { Data } from 'plotly.js-dist';
import type { Difference } from '../../sweep/compare/compare.js';
import { estimates, level, panelLayout } from '../figures/layout.js';
import { html } from '../page/html.js';
import type { Figure, Table } from '../page/section.js';
import { deviationText, intervalText } from './words.js';

/** One curve minus another, run by run of equal seeds, and the mean with its interval where there are two. At least one. */
export function differencesFigure(differences: readonly Difference[]): Figure {
  const ends = differences.flatMap(({ pairs, estimate: { interval } }) => [
    ...pairs.map(({ value }) => value),
    ...(pairs.length > 1 ? [interval.low, interval.high] : []),
  ]);
  const layout = panelLayout(
    { title: '', range: [0.5, differences.length + 0.5], labels: differences.map(axisLabel) },
    { title: 'difference, points', range: [Math.min(0, ...ends) - 1, Math.max(0, ...ends) + 1] },
  );
  const several = differences.some(({ pairs }) => pairs.length > 1);
  return {
    legend: [
      { label: html`one pair of equal seed`, colour: '$muted', mark: 'dot' },
      ...(several
        ? [{ label: html`mean with its 95 % interval`, colour: '$corrected', mark: 'point' as const }]
        : []),
    ],
    panels: [{ layout: level(layout, 0, 'no difference', 'above left'), data: differences.flatMap(marks) }],
  };
}

const axisLabel = ({ of, minus, place }: Difference): string =>
  [`${of.label}<br>− ${minus.label}`, place.label].filter((l) => l !== '').join('<br>');

function marks({ pairs, estimate }: Difference, i: number): Data[] {
  const points = {
    type: 'scatter',
    mode: 'markers',
    x: pairs.map(() => i + 1),
    y: pairs.map(({ value }) => value),
    marker: { color: '$muted', size: 9, symbol: 'circle-open', line: { width: 2 } },
    hovertemplate: pairs.map(({ label }) => `${label}: %{y:.2f} points<extra></extra>`),
  } as Data;
  if (pairs.length === 1) return [points];
  const { mean, interval } = estimate;
  const hover = 'mean: %{y:.2f} in [%{customdata[0]:.2f}, %{customdata[1]:.2f}]';
  return [points, estimates([{ x: i + 1.12, value: mean, ...interval }], '$corrected', hover)];
}

/** The same numbers. */
export function differencesTable(differences: readonly Difference[]): Table {
  return {
    caption: html`Differences of the accuracies of equal seeds, percentage points; the interval is Student’s, 95 %, from two pairs on`,
    head: ['difference', 'where', 'mean', 'deviation', 'interval', 'each pair'].map((name) => html`${name}`),
    rows: differences.map(({ of, minus, place, pairs, estimate }) => [
      html`${of.label} − ${minus.label}`,
      html`${place.label}`,
      html`${estimate.mean.toFixed(2)}`,
      html`${deviationText(estimate)}`,
      html`${intervalText(estimate)}`,
      html`${pairs.map(({ label, value }) => `${label}: ${value.toFixed(2)}`).join('; ')}`,
    ]),
  };
}
