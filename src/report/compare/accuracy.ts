import type { Data } from 'plotly.js-dist';
import type { Comparison, Curve, Group, Place } from '../../sweep/compare/compare.js';
import { estimates, line, panelLayout } from '../figures/layout.js';
import { html } from '../page/html.js';
import type { Figure, Panel, Table } from '../page/section.js';
import { type CurveStyle, curveStyles } from './styles.js';
import { deviationText, intervalText, placeWithoutWidth } from './words.js';

/** What an accuracy figure has on its x axis beside what was run. */
export interface AccuracyAxis {
  /** Width factors, ascending; without them the curves stand side by side. */
  readonly widths?: readonly number[];
}

/**
 * Accuracy after the last epoch: every run as a circle that names it, and mean and standard deviation of the seeds. Over widths, the
 * means of a curve are joined; else each curve has a place of its own.
 */
export function accuracyFigure(comparison: Comparison, { widths }: AccuracyAxis = {}): Figure {
  const styles = curveStyles(comparison.curves);
  const nameOf = (place: Place) =>
    widths === undefined ? place.label : placeWithoutWidth(place, comparison);
  const names = [...new Set(comparison.places.map(nameOf))];
  const panels = names.map((name) => {
    const groups = comparison.groups.filter(({ place }) => nameOf(place) === name);
    const panel =
      widths === undefined ? sideBySide(comparison, groups) : overWidths(comparison, groups, widths);
    return name === '' ? panel : { title: html`${name}`, ...panel };
  });
  const shown = comparison.curves.map(({ id, label }) => {
    const { colour, mark } = styles.get(id)!;
    return { label: html`${label}`, colour, mark };
  });
  const several = comparison.groups.some(({ runs }) => runs.length > 1);
  const marks = [
    { label: html`one run`, colour: '$ink', mark: 'dot' as const },
    ...(several
      ? [{ label: html`mean ± standard deviation of the seeds`, colour: '$ink', mark: 'point' as const }]
      : []),
  ];
  return { legend: [...(widths === undefined ? [] : shown), ...marks], panels };
}

/** How far apart the curves stand at one width, of the distance between two widths. */
const SPREAD = 0.44;

function overWidths(comparison: Comparison, groups: readonly Group[], widths: readonly number[]): Panel {
  const { curves } = comparison;
  const styles = curveStyles(curves);
  const at = ({ id }: Curve, group: Group) => {
    const i = curves.findIndex((curve) => curve.id === id);
    const step = curves.length === 1 ? 0 : SPREAD / (curves.length - 1);
    return widths.indexOf(group.runs[0]!.spec.width) + 1 - (curves.length === 1 ? 0 : SPREAD / 2) + i * step;
  };
  const data = curves.flatMap((curve) => {
    const own = groups
      .filter((group) => group.curve.id === curve.id)
      .toSorted((a, b) => at(curve, a) - at(curve, b));
    if (own.length === 0) return [];
    const style = styles.get(curve.id)!;
    const { colour, dash } = style;
    const means = own.map(({ estimate }) => estimate.mean);
    const joined = line(
      own.map((group) => at(curve, group)),
      means,
      colour,
      `${curve.label}, mean: %{y:.2f} %`,
      { dash },
    );
    return [
      ...(own.length > 1 ? [joined] : []),
      ...own.flatMap((group) => marks(group, at(curve, group), style)),
    ];
  });
  const layout = panelLayout(
    { title: 'width factor', range: [0.5, widths.length + 0.5], labels: widths.map(String) },
    accuracyAxis(comparison, groups),
  );
  return { layout, data };
}

function sideBySide(comparison: Comparison, groups: readonly Group[]): Panel {
  const styles = curveStyles(comparison.curves);
  const layout = panelLayout(
    { title: '', range: [0.5, groups.length + 0.7], labels: groups.map(({ curve }) => curve.label) },
    accuracyAxis(comparison, groups),
  );
  return {
    layout,
    data: groups.flatMap((group, i) => marks(group, i + 1, styles.get(group.curve.id)!)),
  };
}

function accuracyAxis({ metric }: Comparison, groups: readonly Group[]) {
  const all = groups.flatMap(({ values }) => values);
  const [low, high] = [Math.floor(Math.min(...all) / 5 - 0.2) * 5, Math.ceil(Math.max(...all) / 5 + 0.2) * 5];
  return {
    title: `${metric} accuracy, %`,
    range: [Math.max(0, low), Math.min(100, high)] as const,
  };
}

/** The runs of a group, and beside them their mean with its deviation. */
function marks(
  { curve, place, runs, values, estimate }: Group,
  x: number,
  { colour, symbol }: CurveStyle,
): Data[] {
  const where = place.label === '' ? curve.label : `${curve.label}, ${place.label}`;
  const circles = {
    type: 'scatter',
    mode: 'markers',
    x: values.map(() => x),
    y: [...values],
    marker: { color: colour, size: 9, symbol: `${symbol}-open`, line: { width: 2 } },
    hovertemplate: runs.map(({ name }) => `${where}: %{y:.2f} %<br>${name}<extra></extra>`),
  } as Data;
  if (runs.length === 1) return [circles];
  const { mean, deviation } = estimate;
  const mark = { x: x + 0.06, value: mean, low: mean - deviation, high: mean + deviation };
  return [
    circles,
    estimates([mark], colour, `${where}, mean of ${runs.length}: %{y:.2f} ± ${deviation.toFixed(2)} %`),
  ];
}

/** The same numbers, a row a curve and place. */
export function accuracyTable({ groups, places, metric }: Comparison): Table {
  const where = places.length > 1;
  return {
    caption: html`${metric === 'test' ? 'Test' : 'Validation'} accuracy after the last epoch, percent; the deviation is the seeds’, divisor n − 1; the interval is Student’s, 95 %`,
    head: [...(where ? ['where'] : []), 'what', 'mean', 'deviation', 'interval', 'each seed'].map(
      (name) => html`${name}`,
    ),
    rows: groups.map(({ curve, place, values, estimate }) => [
      ...(where ? [html`${place.label}`] : []),
      html`${curve.label}`,
      html`${estimate.mean.toFixed(2)}`,
      html`${deviationText(estimate)}`,
      html`${intervalText(estimate)}`,
      html`${values.map((value) => value.toFixed(2)).join(', ')}`,
    ]),
  };
}
