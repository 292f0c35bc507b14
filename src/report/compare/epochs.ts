import type { Comparison, Curve, Group, Place } from '../../sweep/compare/compare.js';
import { line, panelLayout } from '../figures/layout.js';
import { type Html, html } from '../page/html.js';
import type { Figure, Panel } from '../page/section.js';
import { curveStyles } from './styles.js';

/** Accuracies by epoch, one panel a place: the mean of the seeds, and each run as a thin line that names it. */
export function epochsFigure(
  comparison: Comparison,
  split: 'validation' | 'train' = 'validation',
  places: readonly Place[] = comparison.places,
): Figure {
  const styles = curveStyles(comparison.curves);
  return {
    legend: comparison.curves.map(({ id, label }) => {
      const { colour, mark } = styles.get(id)!;
      return { label: html`${label}, mean of the seeds`, colour, mark };
    }),
    panels: places.map((place) => panelOf(comparison, place, split)),
  };
}

function panelOf(comparison: Comparison, place: Place, split: 'validation' | 'train'): Panel {
  const groups = comparison.groups.filter((group) => group.place === place);
  const all = groups.flatMap(({ runs }) => runs.flatMap((run) => run.epochs.map((e) => e[split].accuracy)));
  const longest = Math.max(...groups.flatMap(({ runs }) => runs.map((run) => run.epochs.length)));
  const least = Math.max(0, Math.floor(10 * Math.min(...all)) / 10);
  const most = Math.min(1, Math.ceil(10 * Math.max(...all) + 0.2) / 10);
  const panel = {
    layout: panelLayout(
      { title: 'epoch', range: [0.8, longest + 0.2], ...(longest > 16 ? {} : { ticks: 'integer' }) },
      { title: `${split === 'train' ? 'training' : split} accuracy`, range: [least, most], ticks: 'percent' },
    ),
    data: groups.flatMap((group) => lines(comparison.curves, group, split)),
  };
  return place.label === '' ? panel : { title: html`${place.label}`, ...panel };
}

function lines(curves: readonly Curve[], { curve, runs }: Group, split: 'validation' | 'train') {
  const { colour, dash } = curveStyles(curves).get(curve.id)!;
  const values = runs.map((run) => run.epochs.map((e) => e[split].accuracy));
  const epochs = values[0]!.map((_, i) => i + 1);
  const mean = epochs.map((_, i) => values.reduce((sum, v) => sum + v[i]!, 0) / values.length);
  return [
    ...(runs.length === 1
      ? []
      : runs.map(({ name }, i) =>
          line(epochs, values[i]!, colour, `${curve.label}: epoch %{x}, %{y:.2%}<br>${name}`, { width: 0.8 }),
        )),
    line(
      epochs,
      mean,
      colour,
      `${curve.label}${runs.length === 1 ? '' : ', mean'}: epoch %{x}, %{y:.2%}${runs.length === 1 ? `<br>${runs[0]!.name}` : ''}`,
      { dash, width: 2.4 },
    ),
  ];
}

/** What the figure of the validation images shows. */
export function epochsCaption({ curves }: Comparison): Html {
  const iterand = curves.find(({ example }) => example.spec.method === 'iterand')?.example.spec;
  const redraws =
    iterand === undefined
      ? html``
      : html` IteRand draws pruned weights anew every ${iterand.period!} iterations.`;
  return html`Accuracy on the validation images after each epoch; thin lines are the runs where there are several seeds.${redraws}`;
}
