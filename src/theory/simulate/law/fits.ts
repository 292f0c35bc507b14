import type { Interval } from '../../../core/intervals.js';

/** A point of a straight line; `error` is the standard error of y, 0 for one that is computed. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

/** A line's slope. */
export interface Slope {
  readonly slope: number;
  /** Undefined where no point has an error: the slope describes computed values, and has none. */
  readonly interval?: Interval;
  /** chi^2 per degree of freedom; undefined for two points. Far above 1, the points follow no line, and the interval is widened by its root. */
  readonly misfit?: number;
}

/**
 * The slope by least squares, weighted by the errors.
 *
 * @param points two or more, of different x
 * @param quantile of the normal law at the interval's level
 */
export function slopeOf(points: readonly Point[], quantile: number): Slope {
  const computed = points.every(({ error }) => error === 0);
  // A point whose trials all agree has an error of 0 that is not to be believed: it gets the least of the others'.
  const least = Math.min(...points.map(({ error }) => error).filter((error) => error > 0));
  const weights = points.map(({ error }) => (computed ? 1 : 1 / Math.max(error, least) ** 2));
  const sum = (f: (p: Point) => number) => points.reduce((total, p, i) => total + weights[i]! * f(p), 0);
  const all = sum(() => 1);
  const meanX = sum(({ x }) => x) / all;
  const meanY = sum(({ y }) => y) / all;
  const spread = sum(({ x }) => (x - meanX) ** 2);
  const slope = sum(({ x, y }) => (x - meanX) * (y - meanY)) / spread;
  if (computed) return { slope };
  const rest = sum(({ x, y }) => (y - meanY - slope * (x - meanX)) ** 2);
  const degrees = points.length - 2;
  const misfit = degrees > 0 ? rest / degrees : undefined;
  const half = quantile * Math.sqrt(Math.max(1, misfit ?? 1) / spread);
  return {
    slope,
    interval: { low: slope - half, high: slope + half },
    ...(misfit === undefined ? {} : { misfit }),
  };
}
