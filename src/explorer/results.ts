import { formatNumber } from '../core/format.js';
import { formatFailure, formatInterval } from '../report/format.js';
import type { LowerRow } from '../theory/bounds/table.js';
import { element, row, text } from './dom.js';
import type { WidthMark } from './frame.js';
import { notes } from './notes.js';
import type { CurvePoint, PresentAnswer, TableAnswer, TrialsAnswer } from './worker/messages.js';

/** The sentences that say how the chosen width does. */
export function headline({ probability, delta, hidden }: PresentAnswer, lower: readonly LowerRow[]): string {
  const at = `With ${hidden.map(formatNumber).join(', ')} hidden neurons`;
  const short = lower.find(({ width, warning }) => warning === undefined && hidden[0]! < width);
  const hopeless =
    short === undefined
      ? ''
      : ` No search at all keeps the promise for ${short.about} with fewer than ${formatNumber(short.width)} in the first layer (${short.name}).`;
  if (probability === undefined)
    return `${at} the exact failure of this strategy is not known. Run the trials: each width tried becomes a point of the chart.${hopeless}`;
  const kept = probability.failure <= delta;
  return `${at} the search fails with probability ${formatFailure(probability)}, ${kept ? 'not above' : 'above'} δ = ${formatNumber(delta)}: the promise is ${kept ? 'kept' : 'broken'}.${hopeless}`;
}

const ours = new Set(['corrected', 'resampled', 'best']);

/** D_1 by each bound, for the charts. */
export const widthMarks = ({ bounds, lower }: TableAnswer): WidthMark[] => [
  ...bounds.map(({ name, layers, constants }) => ({
    name,
    width: layers[0]!.width,
    kind:
      constants !== undefined ? ('order' as const) : ours.has(name) ? ('ours' as const) : ('paper' as const),
  })),
  ...lower.map(({ name, width }) => ({ name, width, kind: 'lower' as const })),
];

/** The table of bounds. */
export function showTable({ bounds, lower, floor, refining }: TableAnswer): void {
  const rows = bounds.map(({ name, layers, warning }) => {
    const by = layers.some((layer) => layer.by !== undefined)
      ? ` Neurons a block: ${layers.map(({ neurons, by }) => `${formatNumber(neurons!)} (${by})`).join('; ')}.`
      : '';
    const later =
      refining && (name === 'resampled' || name === 'best') ? ' A finer computation is under way.' : '';
    return row(
      name,
      layers.map(({ width }) => formatNumber(width)).join(', '),
      note(`${notes[name] ?? ''}${by}${later}`, warning),
    );
  });
  const needed = lower.map(({ name, width, about, warning }) =>
    row(name, `at least ${formatNumber(width)} in layer 1`, note(`${notes[name] ?? about}`, warning)),
  );
  element('bounds-rows').replaceChildren(...rows, ...needed);
  text(
    'floor',
    floor === undefined
      ? ''
      : `Weights of two values give slopes that are multiples of ${formatNumber(2 * floor)}: no width and no R brings the worst weight nearer than ${formatNumber(floor)}.`,
  );
}

function note(what: string, warning: string | undefined): Node {
  const both = document.createDocumentFragment();
  both.append(what);
  if (warning !== undefined) {
    const warned = document.createElement('span');
    warned.className = 'warning';
    warned.textContent = ` Not proved here: ${warning}.`;
    both.append(warned);
  }
  return both;
}

/** The curve as a table. */
export function showCurve(points: readonly CurvePoint[]): void {
  element('curve-rows').replaceChildren(
    ...points.map(({ width, failure }) => row(formatNumber(width), formatNumber(failure))),
  );
}

const verdicts = {
  consistent: 'By these trials alone the promise is kept: the whole interval lies on its side.',
  violated: 'By these trials alone the promise is broken: the whole interval lies beyond it.',
  undecided:
    'These trials alone do not decide: the interval holds the promise. More of them would narrow it.',
} as const;

/** What the trials have shown so far. */
export function showTrials({ trials, of, successes, interval, alpha, verdict }: TrialsAnswer): void {
  const failures = trials - successes;
  text(
    'trials-text',
    `${formatNumber(failures)} of ${formatNumber(trials)} trials failed: a rate of ${formatNumber(failures / trials)} in ${formatInterval({ low: 1 - interval.high, high: 1 - interval.low })} (Clopper-Pearson, error level ${alpha}).`,
  );
  element<HTMLInputElement>('progress').value = String(trials / of);
  text('trials-verdict', trials < of ? '' : verdicts[verdict]);
}
