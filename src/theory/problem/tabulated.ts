import { InputError } from '../../core/errors.js';
import type { WeightLaw } from './distribution.js';

/** A point of a cumulative distribution function: F = P(X <= x). */
export interface CdfPoint {
  readonly x: number;
  readonly F: number;
}

const MOST_POINTS = 10_000;

/**
 * A distribution given by points of its CDF, linear between them: its density is constant on each piece, so that masses and the least
 * density are exact. Two points of the same x are a jump: that value has positive probability.
 *
 * @param points in order, F from 0 to 1
 * @throws InputError if x or F falls somewhere, or F does not go from 0 to 1
 */
export function tabulated(name: string, points: readonly CdfPoint[]): WeightLaw {
  requireCdf(name, points);
  const pieces = points.slice(1).map((right, i) => ({ left: points[i]!, right }));
  return {
    name,
    mass(center, halfWidth) {
      const [low, high] = [center - halfWidth, center + halfWidth];
      let sum = 0;
      for (const { left, right } of pieces) {
        const rise = right.F - left.F;
        if (right.x === left.x) sum += left.x >= low && left.x <= high ? rise : 0;
        else {
          const overlap = Math.min(high, right.x) - Math.max(low, left.x);
          if (overlap > 0) sum += rise * Math.min(1, overlap / (right.x - left.x));
        }
      }
      return Math.min(1, sum);
    },
    leastDensity(halfWidth) {
      if (points[0]!.x > -halfWidth || points.at(-1)!.x < halfWidth) return 0;
      let least = Number.POSITIVE_INFINITY;
      for (const { left, right } of pieces)
        if (right.x > left.x && right.x > -halfWidth && left.x < halfWidth)
          least = Math.min(least, (right.F - left.F) / (right.x - left.x));
      return Number.isFinite(least) ? least : 0;
    },
    scales: someOf([...new Set(points.map(({ x }) => Math.abs(x)))].filter((x) => x > 0)),
  };
}

/** Reads `[{"x": -1, "F": 0}, ..., {"x": 1, "F": 1}]`. @throws InputError that names what is wrong */
export function decodeCdf(bytes: Uint8Array, name: string): WeightLaw {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    value = undefined;
  }
  const isPoint = (point: unknown): point is CdfPoint => {
    const { x, F } = (point ?? {}) as Partial<CdfPoint>;
    return typeof x === 'number' && typeof F === 'number';
  };
  if (!Array.isArray(value) || !value.every(isPoint))
    throw new InputError(
      `CDF file ${name}`,
      'is not a JSON list of points {"x": ..., "F": ...}',
      'correct it',
    );
  return tabulated(`cdf:${name}`, value);
}

function requireCdf(name: string, points: readonly CdfPoint[]): void {
  const bad = (rule: string, fix: string) => new InputError(`distribution '${name}'`, rule, fix);
  if (points.length < 2 || points.length > MOST_POINTS)
    throw bad(`has ${points.length} points`, `give 2 to ${MOST_POINTS}`);
  points.forEach(({ x, F }, i) => {
    if (!Number.isFinite(x) || !(F >= 0 && F <= 1))
      throw bad(`point ${i + 1} is x = ${x}, F = ${F}`, 'give finite x and F in [0, 1]');
    const before = points[i - 1];
    if (before !== undefined && (x < before.x || F < before.F))
      throw bad(
        `falls from x = ${before.x}, F = ${before.F} to x = ${x}, F = ${F}`,
        'give the points of a monotone CDF in order',
      );
  });
  const [first, last] = [points[0]!.F, points.at(-1)!.F];
  if (first !== 0 || last !== 1)
    throw bad(`F goes from ${first} to ${last}`, 'let it begin with 0 and end with 1');
}

/** At most eight of them, spread over their order. */
function someOf(values: number[]): number[] {
  const sorted = values.sort((a, b) => a - b);
  const count = Math.min(8, sorted.length);
  return Array.from({ length: count }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / count) - 1]!);
}
