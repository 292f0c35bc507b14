import * as Plot from '@observablehq/plot';
import { type Domain, logAxis, ticks } from './axis.js';
import { frame, grid, paint, type WidthMark } from './frame.js';

/** D_1 by each bound, a row each. */
export function drawWidths(at: HTMLElement, marks: readonly WidthMark[]): void {
  if (marks.length === 0 || at.clientWidth === 0) {
    at.replaceChildren();
    return;
  }
  const drawn = marks.filter(({ width }) => Number.isFinite(width));
  const domain: Domain = [1, Math.max(10, ...drawn.map(({ width }) => width))];
  const most = (at.clientWidth - 128) / 60;
  at.replaceChildren(
    Plot.plot({
      ...frame(at),
      ariaLabel: 'Width of the first hidden layer by each bound; the table below has its numbers',
      marginLeft: 104,
      marginRight: 24,
      x: { ...logAxis(domain, most), label: 'D₁ →' },
      y: { domain: marks.map(({ name }) => name), label: null, tickSize: 0 },
      marks: [
        Plot.gridX(ticks(domain, most), grid),
        Plot.ruleY(drawn, { y: 'name', x1: domain[0], x2: 'width', stroke: paint, strokeWidth: 1.5 }),
        Plot.dot(drawn, {
          x: 'width',
          y: 'name',
          fill: paint,
          r: 5,
          symbol: ({ kind }: WidthMark) => (kind === 'lower' ? 'triangle' : 'circle'),
        }),
      ],
    }),
  );
}
