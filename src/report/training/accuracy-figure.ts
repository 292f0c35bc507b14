import type { Data } from 'plotly.js-dist';
import type { MeanEstimate } from '../../core/mean.js';
import type { MethodRuns } from '../../sweep/methods.js';
import { estimates, level, panelLayout } from '../figures/layout.js';
import { html } from '../page/html.js';
import type { Figure, Panel } from '../page/section.js';
import { METHOD_COLOURS } from './figure.js';
import { type Comparison, METHOD_NAMES } from './summary.js';

/** Test accuracy of every seed by method, and IteRand minus edge-popup seed by seed, each with its mean and interval. */
export function accuracyFigure(compared: readonly MethodRuns[], comparison: Comparison): Figure {
  const paired = comparison.difference === undefined ? [] : [differences(compared, comparison)];
  return {
    legend: [
      { label: html`one seed`, colour: '$muted', mark: 'dot' },
      { label: html`mean of the seeds with its 95 % interval`, colour: '$ink', mark: 'point' },
    ],
    panels: [accuracies(compared, comparison), ...paired],
  };
}

/** How far right of its points a mean stands. */
const BESIDE = 0.22;

function accuracies(compared: readonly MethodRuns[], { methods }: Comparison): Panel {
  const all = methods.flatMap(({ tests, test }) => [...tests, ...ends(test)]);
  const [low, high] = [Math.floor(Math.min(...all) / 5) * 5, Math.ceil(Math.max(...all) / 5) * 5];
  const layout = panelLayout(
    { title: '', range: [0.5, methods.length + 0.7], labels: methods.map(({ method }) => method) },
    { title: 'test accuracy, %', range: [Math.max(0, low), Math.min(100, high)] },
  );
  const data = compared.flatMap(({ method, runs }, i) => {
    const { tests, test } = methods[i]!;
    const seeds = runs.map(({ seed }) => seed);
    const name = METHOD_NAMES[method];
    return [
      points(
        tests.map(() => i + 1),
        tests,
        METHOD_COLOURS[method],
        seeds.map((seed) => `${name}, seed ${seed}: %{y:.2f} %`),
      ),
      meanMark(i + 1 + BESIDE, test, METHOD_COLOURS[method], `${name}, mean`),
    ];
  });
  return { title: html`Test accuracy, seed by seed`, layout, data };
}

function differences(compared: readonly MethodRuns[], comparison: Comparison): Panel {
  const { differences: values, difference } = comparison;
  const seeds = compared[0]!.runs.map(({ seed }) => seed);
  const all = [...values, ...ends(difference!), 0];
  const layout = panelLayout(
    {
      title: '',
      range: [0.5, seeds.length + 1.5],
      labels: [...seeds.map((seed) => `seed ${seed}`), 'mean'],
    },
    { title: 'difference, points', range: [Math.min(...all) - 1, Math.max(...all) + 1] },
  );
  return {
    title: html`IteRand − edge-popup, same seed`,
    layout: level(layout, 0, 'no difference', 'above left'),
    data: [
      points(
        seeds.map((_, i) => i + 1),
        values,
        METHOD_COLOURS.iterand,
        seeds.map((seed) => `seed ${seed}: %{y:.2f} points`),
      ),
      meanMark(seeds.length + 1, difference!, METHOD_COLOURS.iterand, 'mean'),
    ],
  };
}

/** An interval's ends; none where one seed gives no interval. */
const ends = ({ interval: { low, high } }: MeanEstimate) => (Number.isFinite(high) ? [low, high] : []);

function points(x: readonly number[], y: readonly number[], colour: string, hover: readonly string[]): Data {
  return {
    type: 'scatter',
    mode: 'markers',
    x: [...x],
    y: [...y],
    marker: { color: colour, size: 9, symbol: 'circle-open', line: { width: 2 } },
    hovertemplate: hover.map((text) => `${text}<extra></extra>`),
  } as Data;
}

function meanMark(x: number, estimate: MeanEstimate, colour: string, name: string): Data {
  const { mean } = estimate;
  const hover = `${name}: %{y:.2f} in [%{customdata[0]:.2f}, %{customdata[1]:.2f}]`;
  const [low = mean, high = mean] = ends(estimate);
  return estimates([{ x, value: mean, low, high }], colour, hover);
}
