import type { Target } from '../../theory/problem/target.js';
import { type Construction, exactProbability, hiddenWidth } from '../../theory/search/construction.js';
import type { CurvePoint } from './messages.js';

/** The construction with this many times the neurons in each block, at least one. */
export const scaled = (construction: Construction, factor: number): Construction => ({
  ...construction,
  layers: construction.layers.map((layer) => ({
    ...layer,
    neurons: Math.max(1, Math.round(factor * layer.neurons)),
  })),
});

/** Doublings or halvings of the bound's width that are tried. */
const MOST_OCTAVES = 40;
/** The widest layer a network may have. */
const WIDEST = 1e18;
const MOST_BESIDE = 8;
/** Points between the ends of the curve, in levels that each halve the gaps. */
const LEVELS = 5;

/**
 * Exact failure against width, from where nearly every trial fails to where failure is a hundredth of delta: the bound's blocks, all made
 * larger or smaller by one factor. Coarse at first, then finer.
 *
 * @param factor where the present point is; within {@link MOST_BESIDE} octaves of the curve, the curve goes on to it
 * @returns the points so far, in the order of the width
 */
export function* failureCurve(
  own: Construction,
  target: Target,
  delta: number,
  factor: number,
): Generator<CurvePoint[]> {
  const known = new Map<string, CurvePoint>();
  const failure = (octave: number): number => {
    const construction = scaled(own, 2 ** octave);
    const key = construction.layers.map(({ neurons }) => neurons).join();
    const before = known.get(key);
    if (before !== undefined) return before.failure;
    const point = {
      width: hiddenWidth(construction.layers[0]!),
      failure: exactProbability(construction, target).failure,
    };
    known.set(key, point);
    return point.failure;
  };
  const points = () => [...known.values()].sort((a, b) => a.width - b.width || b.failure - a.failure);
  const widest = Math.max(...own.layers.map(hiddenWidth));
  const most = Math.min(MOST_OCTAVES, Math.floor(Math.log2(WIDEST / widest)));
  let high = 0;
  while (high < most && failure(high) > delta / 100) high++;
  while (high > -MOST_OCTAVES && failure(high - 1) <= delta / 100) high--;
  let low = high - 1;
  const least = -Math.ceil(Math.log2(Math.max(...own.layers.map(({ neurons }) => neurons)))) - 1;
  while (low > least && failure(low) < 0.9) low--;
  const present = Math.log2(factor);
  if (present > high && present < high + MOST_BESIDE) high = present;
  if (present < low && present > low - MOST_BESIDE) low = present;
  yield points();
  for (let level = 1; level <= LEVELS; level++) {
    const gap = (high - low) / 2 ** level;
    for (let i = 1; i < 2 ** level; i += 2) failure(low + i * gap);
    yield points();
  }
}
