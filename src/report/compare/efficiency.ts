import type { Comparison, Group } from '../../sweep/compare/compare.js';
import type { FinishedRun } from '../../sweep/compare/run.js';
import { line, panelLayout } from '../figures/layout.js';
import { type Html, html } from '../page/html.js';
import type { Figure, Panel, Table } from '../page/section.js';
import { jointLabels } from './labels.js';
import { curveStyles } from './styles.js';

/** A line of text as a share of a panel's height. */
const LABEL_LINE = 0.06;

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

/** Names what has no ticket yet, so that nothing says how many bytes store it; empty where all have one. */
export function withoutTicket(comparison: Comparison): Html {
  const missing = sizedGroups(comparison).filter(({ stored }) => stored === undefined);
  if (missing.length === 0) return html``;
  const names = missing.map(({ group: { curve, place } }) =>
    [curve.label, place.label].filter((label) => label !== '').join(' '),
  );
  return html` Not among the bytes, since no ticket is there: ${names.join(', ')}; <code>npx iterand export RUN --ticket FILE</code> writes one.`;
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
  const parts = comparison.curves.flatMap((curve) =>
    networksOf(sized.filter(({ group }) => group.curve === curve)).map((own) => ({ curve, own })),
  );
  const [low, high] = [Math.max(0, Math.min(...ys) - 2), Math.min(100, Math.max(...ys) + 3)];
  // A single point has no line that tells its curve.
  const alone = parts.flatMap(({ curve, own: [only, ...more] }) =>
    more.length > 0 ? [] : [{ curve, x: only!.x, y: only!.group.estimate.mean, text: curve.label }],
  );
  const labels = jointLabels(alone, LABEL_LINE * (high - low));
  const lines = Math.max(1, ...[...labels.values()].map((own) => own.length));
  const layout = panelLayout(
    { title, log: true, range: [Math.min(...xs) / 3, Math.max(...xs) * 3] },
    {
      title: `${comparison.metric} accuracy, %`,
      range: [low, high + (lines - 1) * LABEL_LINE * (high - low)],
    },
  );
  const data = parts.map(({ curve, own }) => {
    const { colour, dash, symbol } = styles.get(curve.id)!;
    const trace = line(
      own.map(({ x }) => x),
      own.map(({ group }) => group.estimate.mean),
      colour,
      `${curve.label}: %{y:.2f} % at %{x:,} ${title}`,
      { dash },
    );
    const text =
      own.length > 1
        ? undefined
        : labels.get(alone.find((one) => one.curve === curve && one.x === own[0]!.x)!);
    return {
      ...trace,
      mode: text === undefined ? 'lines+markers' : 'markers+text',
      ...(text === undefined ? {} : { text: [text.join('<br>')], textposition: 'top center' }),
      marker: { color: colour, size: 9, symbol },
      textfont: { color: text !== undefined && text.length > 1 ? '$ink' : colour },
    } as typeof trace;
  });
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
