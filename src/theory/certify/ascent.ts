import { stream } from '../../core/rng.js';
import type { Pair } from './pair.js';
import { errorAt, type FirstLayer, firstAt, gradientAt, laterAt, norm, stateAt } from './point.js';
import type { Ranges } from './ranges.js';
import type { KeepGoing } from './steps.js';

/** A point and ||g - f|| there, in doubles. */
export interface Peak {
  readonly x: Float64Array;
  readonly value: number;
  readonly by: 'vertices' | 'ascent' | 'coordinates' | 'branch and bound';
}

/** Points from which coordinate ascent goes on: it costs more than gradients. */
const POLISHED = 3;

/**
 * Large values of ||g - f|| over the box: from seeded starts (vertices, points of coordinates -1, 0 and 1, points inside), each the better of
 * itself and of projected gradient ascent, the best of them by coordinate ascent. Yields the best peak after each start; a
 * lower bound that is certified takes {@link certifiedErrorAt} of it.
 */
export function* ascentSteps(
  pair: Pair,
  box: Ranges,
  seed: number,
  starts: number,
  keepGoing: KeepGoing,
): Generator<Peak, void> {
  const peaks: Peak[] = [];
  for (let i = 0; i < starts; i++) {
    if (i > 0 && !keepGoing()) break;
    const x = startPoint(box, seed, i);
    peaks.push(climb(pair, box, { x, value: errorAt(pair, x), by: 'vertices' }));
    peaks.sort((a, b) => b.value - a.value);
    yield peaks[0]!;
  }
  for (const [i, peak] of peaks.slice(0, POLISHED).entries()) {
    for (const better of coordinateSteps(pair, box, peak, seed, i)) {
      yield better;
      if (!keepGoing()) return;
    }
  }
}

function startPoint({ low, high }: Ranges, seed: number, i: number): Float64Array {
  const { uniform } = stream(seed, 'ascent', i);
  return low.map((l, j) => {
    const [u, h] = [uniform(), high[j]!];
    if (i % 3 === 0) return u < 0.5 ? l : h;
    if (i % 3 === 1) return u < 1 / 3 ? l : u < 2 / 3 ? h : nearestZero(l, h);
    return l + u * (h - l);
  });
}

/** The number of [low, high] nearest to 0, where a coordinate's two signs meet. */
export const nearestZero = (low: number, high: number): number => Math.max(low, Math.min(high, 0));

/**
 * Projected gradient ascent: where the function is convex, the corner of the box that the gradient points to is never lower, so
 * the whole way is tried first, then halves of it.
 */
export function climb(pair: Pair, box: Ranges, from: Peak): Peak {
  let peak = from;
  for (let i = 0; i < 100; i++) {
    const { x, value } = peak;
    const gradient = gradientAt(pair, x, stateAt(pair, x));
    const corner = x.map((v, j) => (gradient[j]! > 0 ? box.high[j]! : gradient[j]! < 0 ? box.low[j]! : v));
    let found: Peak | undefined;
    for (let part = 1; part > 2 ** -6 && found === undefined; part /= 2) {
      const tried = x.map((v, j) => (part === 1 ? corner[j]! : v + part * (corner[j]! - v)));
      const there = errorAt(pair, tried);
      if (there > value * (1 + 1e-9)) found = { x: tried, value: there, by: 'ascent' };
    }
    if (found === undefined) break;
    peak = found;
  }
  return peak;
}

/** Coordinate ascent: each coordinate in turn at its ends, at 0 and at half-way points, as long as one of them is higher. */
function* coordinateSteps(
  pair: Pair,
  box: Ranges,
  from: Peak,
  seed: number,
  start: number,
): Generator<Peak, void> {
  const d = from.x.length;
  const order = Array.from({ length: d }, (_, j) => j);
  const { uniform } = stream(seed, 'coordinates', start);
  let peak = from;
  for (let sweep = 0; sweep < 20; sweep++) {
    const before = peak.value;
    for (let j = d - 1; j > 0; j--) {
      const other = Math.floor(uniform() * (j + 1));
      [order[j], order[other]] = [order[other]!, order[j]!];
    }
    let first = firstAt(pair, peak.x);
    for (const j of order) {
      const better = bestAlong(pair, box, peak, first, j);
      if (better !== undefined) ({ peak, first } = better);
      yield peak;
    }
    if (!(peak.value > before * (1 + 1e-9))) return;
    peak = climb(pair, box, peak);
  }
}

/** The best of a few values of coordinate j, the others as they are, if one is better: layer 1 changes by one column. */
function bestAlong(
  pair: Pair,
  box: Ranges,
  { x, value: least }: Peak,
  first: FirstLayer,
  j: number,
): { peak: Peak; first: FirstLayer } | undefined {
  const { inputs, target, change, negative } = pair.layers[0]!;
  const [low, high, now] = [box.low[j]!, box.high[j]!, x[j]!];
  const errorOf = (v: number, r: number) =>
    (v < 0 ? negative!.change[r * inputs + j]! : change[r * inputs + j]!) * v;
  let best: { value: number; at: number; first: FirstLayer } | undefined;
  for (const v of new Set([low, nearestZero(low, high), high, 0.5 * (low + now), 0.5 * (high + now)])) {
    if (v === now) continue;
    const moved = {
      z: first.z.map((old, r) => old + target[r * inputs + j]! * (v - now)),
      e: first.e.map((old, r) => old + errorOf(v, r) - errorOf(now, r)),
    };
    const value = norm(laterAt(pair, moved).e.at(-1)!);
    if (value > (best?.value ?? least) * (1 + 1e-12)) best = { value, at: v, first: moved };
  }
  if (best === undefined) return undefined;
  const there = x.slice();
  there[j] = best.at;
  return { peak: { x: there, value: best.value, by: 'coordinates' }, first: best.first };
}
