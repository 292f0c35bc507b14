import type { Comparison, Group } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { line, panelLayout } from '../figures/layout.js';
import { html } from '../page/html.js';
import type { Figure, Panel, Table } from '../page/section.js';
import { curveStyles } from './styles.js';

/** A group with how large its network is. */
interface Sized {
  readonly group: Group;
  /** Weights before pruning. */
  readonly weights: number;
  /** Weights that are used after pruning, the mean over the seeds; undefined where nothing tells. */
  readonly kept?: number;
  /** Bytes that give the trained network back: of its ticket, or of SGD's parameters as float32. */
  readonly stored?: number;
}

/** What the sizes of the groups are; groups whose size nothing tells are left out. */
export function sizedGroups({ groups }: Comparison): Sized[] {
  return groups.flatMap((group) => {
    const [{ size, spec }] = group.runs as [Group['runs'][number]];
    if (size === undefined) return [];
    const meanOf = (of: (run: FinishedRun) => number | undefined): number | undefined => {
      const values = group.runs.map(of).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : Math.round(values.reduce((a, b) => a + b, 0) / values.length);
    };
    const stored = spec.method === 'sgd' ? 4 * size.parameters : meanOf(({ ticket }) => ticket?.bytes);
    const kept = meanOf((run) => run.size?.kept);
    return [
      {
        group,
        weights: size.weights,
        ...(kept === undefined ? {} : { kept }),
        ...(stored === undefined ? {} : { stored }),
      },
    ];
  });
}

/** Accuracy against the weights before pruning, and against the bytes that store what was trained. At least one group with a size. */
export function efficiencyFigure(comparison: Comparison): Figure {
  const sized = sizedGroups(comparison);
  const styles = curveStyles(comparison.curves);
  const stored = sized.flatMap((s) => (s.stored === undefined ? [] : [{ ...s, x: s.stored }]));
  return {
    legend: comparison.curves.map(({ id, label }) => {
      const { colour, mark } = styles.get(id)!;
      return { label: html`${label}`, colour, mark };
    }),
    panels: [
      panelOf(
        comparison,
        sized.map((s) => ({ ...s, x: s.weights })),
        'weights before pruning',
      ),
      ...(stored.length === 0 ? [] : [panelOf(comparison, stored, 'bytes to store the trained network')]),
    ],
  };
}

function panelOf(comparison: Comparison, sized: readonly (Sized & { x: number })[], title: string): Panel {
  const styles = curveStyles(comparison.curves);
  const [xs, ys] = [sized.map(({ x }) => x), sized.map(({ group }) => group.estimate.mean)];
  const layout = panelLayout(
    { title, log: true, range: [Math.min(...xs) / 3, Math.max(...xs) * 3] },
    {
      title: `${comparison.metric} accuracy, %`,
      range: [Math.max(0, Math.min(...ys) - 2), Math.min(100, Math.max(...ys) + 3)],
    },
  );
  const data = comparison.curves.flatMap((curve) =>
    networksOf(sized.filter(({ group }) => group.curve === curve)).map((own) => {
      const { colour, dash, symbol } = styles.get(curve.id)!;
      const hover = `${curve.label}: %{y:.2f} % at %{x:,} ${title}`;
      const trace = line(
        own.map(({ x }) => x),
        own.map(({ group }) => group.estimate.mean),
        colour,
        hover,
        { dash },
      );
      const marker = { color: colour, size: 9, symbol };
      // A single point has no line that tells its curve.
      const alone =
        own.length === 1 ? { mode: 'markers+text', text: [curve.label], textposition: 'top center' } : {};
      return {
        ...trace,
        mode: 'lines+markers',
        ...alone,
        marker,
        textfont: { color: colour },
      } as typeof trace;
    }),
  );
  return { title: html`Accuracy against ${title}`, layout, data };
}

/** Widths of one network are joined, networks are not. */
function networksOf<T extends Sized & { x: number }>(sized: readonly T[]): T[][] {
  const name = ({ group }: T) => JSON.stringify(group.runs[0]!.spec.network);
  const names = [...new Set(sized.map(name))];
  return names.map((n) => sized.filter((s) => name(s) === n).toSorted((a, b) => a.x - b.x));
}

/** The same numbers. */
export function efficiencyTable(comparison: Comparison): Table {
  return {
    caption: html`What a network takes and reaches; a ticket’s bytes are the mean over the seeds, SGD’s are its parameters as float32`,
    head: ['what', 'where', 'weights', 'weights used', 'bytes stored', 'accuracy, %'].map(
      (name) => html`${name}`,
    ),
    rows: sizedGroups(comparison).map(({ group, weights, kept, stored }) => [
      html`${group.curve.label}`,
      html`${group.place.label}`,
      html`${weights.toLocaleString('en')}`,
      html`${kept?.toLocaleString('en') ?? ''}`,
      html`${stored?.toLocaleString('en') ?? ''}`,
      html`${group.estimate.mean.toFixed(2)}`,
    ]),
  };
}
