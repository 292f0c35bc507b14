import * as Plot from '@observablehq/plot';
import { formatNumber } from '../core/format.js';
import { type Domain, logAxis, ticks } from './axis.js';
import { frame, grid, paint, type WidthMark } from './frame.js';
import type { CurvePoint } from './worker/messages.js';

/** A failure rate seen at a width, and its interval. */
export interface TrialMark {
  readonly width: number;
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** What the chart shows. */
export interface CurveView {
  readonly points: readonly CurvePoint[];
  readonly delta: number;
  readonly present?: CurvePoint;
  readonly trials: readonly TrialMark[];
  readonly widths: readonly WidthMark[];
}

/** Text that lies on lines. */
const halo = { stroke: 'var(--page)', strokeWidth: 4 };

/** Failure below this is drawn at the lower edge. */
const LOWEST = 1e-18;

/** Failure against D_1, both on logarithmic axes. */
export class CurveChart {
  /** Where a width and a failure lie on the chart as it is drawn. */
  #place: ((width: number, failure: number) => readonly [x: number, y: number]) | undefined;
  #domain: Domain = [1, 1];

  constructor(private readonly at: HTMLElement) {}

  draw(view: CurveView): void {
    const { at } = this;
    const { points, delta, present, trials, widths } = view;
    const shown = present === undefined ? [...points, ...trials] : [...points, ...trials, present];
    this.#place = undefined;
    if (shown.length === 0 || at.clientWidth === 0) {
      at.replaceChildren();
      return;
    }
    const domain = domainOf(shown.map(({ width }) => width));
    const least = Math.min(delta / 100, present?.failure ?? 1);
    const bottom = 10 ** Math.floor(Math.log10(Math.max(least, LOWEST)));
    const plot = Plot.plot({
      ...frame(at),
      ariaLabel: `Probability of failure against D₁ from ${formatNumber(domain[0])} to ${formatNumber(domain[1])}; the table below has its numbers`,
      marginLeft: 46,
      x: { ...logAxis(domain, at.clientWidth / 90), label: 'D₁, neurons in the first hidden layer →' },
      y: { ...logAxis([bottom, 1], 6), label: '↑ probability of failure' },
      marks: [
        Plot.gridY(ticks([bottom, 1], 6), grid),
        ...asked(widths.filter(({ width }) => width >= domain[0] && width <= domain[1])),
        ...promised(delta, domain[0]),
        ...curve(points, present, bottom),
      ],
    });
    at.replaceChildren(plot);
    const [x, y] = [plot.scale('x')!, plot.scale('y')!];
    this.#domain = domain;
    this.#place = (width, failure) => [x.apply(width), y.apply(Math.max(failure, bottom))];
    this.drawTrials(trials);
  }

  /**
   * Draws the trials on the chart as it is, which takes no time: they come many times a second.
   *
   * @returns false where the chart has no room for them and must be drawn anew
   */
  drawTrials(trials: readonly TrialMark[]): boolean {
    const [place, svg] = [this.#place, this.at.querySelector('svg')];
    const [low, high] = this.#domain;
    if (place === undefined || svg === null || trials.some(({ width }) => width < low || width > high))
      return false;
    const marks = trials.map((trial) => {
      const [x, y] = place(trial.width, trial.rate);
      const [top, bottom] = [place(trial.width, trial.high)[1], place(trial.width, trial.low)[1]];
      return `<path d="M${x} ${top}V${bottom}" stroke-width="3"/><circle cx="${x}" cy="${y}" r="3.5" stroke="none"/>`;
    });
    const group =
      svg.querySelector('.trials') ?? svg.appendChild(document.createElementNS(svg.namespaceURI!, 'g'));
    group.setAttribute('class', 'trials');
    group.innerHTML = marks.join('');
    return true;
  }
}

/** From the least to the greatest; around a single one. */
function domainOf(widths: readonly number[]): Domain {
  const [low, high] = [Math.min(...widths), Math.max(...widths)];
  return low === high ? [low / 2, high * 2] : [low, high];
}

/** Vertical lines at the widths that bounds ask for; bounds of one width share a line. */
function asked(marks: readonly WidthMark[]): Plot.Markish[] {
  const lines = [...new Set(marks.map(({ width }) => width))].map((width) => {
    const here = marks.filter((mark) => mark.width === width);
    return { width, names: here.map(({ name }) => name).join(', '), fill: paint(here[0]!) };
  });
  const name = {
    frameAnchor: 'top',
    text: 'names',
    rotate: -90,
    textAnchor: 'end',
    lineAnchor: 'bottom',
  } as const;
  return [
    Plot.ruleX(lines, { x: 'width', stroke: 'fill' }),
    Plot.text(lines, { x: 'width', ...name, dx: -3, fill: 'fill', ...halo }),
  ];
}

/** The line at delta. */
function promised(delta: number, left: number): Plot.Markish[] {
  const name = { x: left, y: delta, text: [`δ = ${formatNumber(delta)}`] };
  return [
    Plot.ruleY([delta], { stroke: 'var(--ink)', strokeDasharray: '6 4' }),
    Plot.text([delta], { ...name, textAnchor: 'start', dx: 6, dy: 10, fill: 'var(--ink)', ...halo }),
  ];
}

/** The exact curve and the point chosen on it. */
function curve(
  points: readonly CurvePoint[],
  present: CurvePoint | undefined,
  bottom: number,
): Plot.Markish[] {
  // The line goes on below the axis, where the frame clips it.
  const line = ({ failure }: CurvePoint) => Math.max(failure, bottom / 1e6);
  return [
    Plot.lineY(points, { x: 'width', y: line, stroke: 'var(--exact)', strokeWidth: 2, clip: true }),
    Plot.dot(present === undefined ? [] : [present], {
      x: 'width',
      y: ({ failure }: CurvePoint) => Math.max(failure, bottom),
      fill: 'var(--page)',
      stroke: 'var(--exact)',
      strokeWidth: 2.5,
      r: 6,
    }),
  ];
}
