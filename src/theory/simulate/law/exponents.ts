import type { Interval } from '../../../core/intervals.js';
import { meanEstimate } from '../../../core/mean.js';
import { normal, type WeightLaw } from '../../problem/distribution.js';
import type { StrategyName } from '../../search/strategies/index.js';
import { type GrowthConstants, growthConstants } from './constants.js';
import { slopeOf } from './fits.js';
import type { SumStrategy } from './neurons-until-served.js';
import type { LawPoint, Needed } from './width-law.js';

/** How the neurons that a strategy needs grow or shrink. */
export type LawFit =
  /** Least n (mean n for sums) proportional to R^exponent, or to log(1+R)^exponent for sums, at one t. */
  | {
      readonly kind: 'over R';
      readonly strategy: StrategyName;
      readonly tolerance: number;
      readonly base: 'R' | 'log(1+R)';
      readonly exponent: number;
      readonly interval?: Interval;
      readonly misfit?: number;
    }
  /** Least n proportional to (1/t)^exponent, at one R. */
  | {
      readonly kind: 'power of 1/t';
      readonly strategy: StrategyName;
      readonly resamplings: number;
      readonly exponent: number;
    }
  /** Mean n more for a factor e of 1/t, at one R; the slope of each trial over the tolerances, averaged. */
  | ({
      readonly kind: 'neurons per log(1/t)';
      readonly strategy: SumStrategy;
      readonly resamplings: number;
      readonly slope: number;
      readonly interval: Interval;
    } & GrowthConstants);

/** R or t that a line needs at least. */
const LEAST_R = 3;
const LEAST_T = 2;

/** Fits whatever the points allow. */
export function lawFits(
  points: readonly LawPoint[],
  tolerances: readonly number[],
  resamplings: readonly number[],
  strategies: readonly SumStrategy[],
  needed: Needed,
  law: WeightLaw,
  alpha: number,
): LawFit[] {
  return [
    ...(resamplings.length < LEAST_R ? [] : tolerances.flatMap((t) => overR(points, t, alpha))),
    ...(tolerances.length < LEAST_T
      ? []
      : resamplings.flatMap((R) => [
          ...powersOfT(points, R),
          ...growth(tolerances, R, strategies, needed, law, alpha),
        ])),
  ];
}

/** How many of them have an interval. */
lawFits.count = (
  tolerances: readonly number[],
  resamplings: readonly number[],
  strategies: readonly SumStrategy[],
): number =>
  strategies.length *
  ((resamplings.length < LEAST_R ? 0 : tolerances.length) +
    (tolerances.length < LEAST_T ? 0 : resamplings.length));

function overR(points: readonly LawPoint[], tolerance: number, alpha: number): LawFit[] {
  const here = points.filter((point) => point.tolerance === tolerance);
  return here[0]!.strategies.flatMap(({ name }, i): LawFit[] => {
    const own = here.map(({ resamplings: R, strategies }) => ({ R, found: strategies[i]! }));
    // No power of R where no neuron is needed, or none is enough.
    if (!own.every(({ found }) => hasLogarithm(found.exact ? found.least : found.mean))) return [];
    const sums = !own[0]!.found.exact;
    const line = slopeOf(
      own.map(({ R, found }) =>
        found.exact
          ? { x: Math.log(R), y: Math.log(found.least), error: 0 }
          : { x: Math.log(Math.log1p(R)), y: Math.log(found.mean), error: found.error / found.mean },
      ),
      normal(1).quantile(1 - alpha / 2),
    );
    const { slope, ...rest } = line;
    const base = sums ? 'log(1+R)' : 'R';
    return [{ kind: 'over R', strategy: name, tolerance, base, exponent: slope, ...rest }];
  });
}

function powersOfT(points: readonly LawPoint[], R: number): LawFit[] {
  const here = points.filter((point) => point.resamplings === R);
  return here[0]!.strategies.flatMap(({ name, exact }, i): LawFit[] => {
    if (!exact || !here.every(({ strategies }) => hasLogarithm(strategies[i]!.least))) return [];
    const line = here.map(({ tolerance, strategies }) => ({
      x: -Math.log(tolerance),
      y: Math.log(strategies[i]!.least),
      error: 0,
    }));
    return [{ kind: 'power of 1/t', strategy: name, resamplings: R, exponent: slopeOf(line, 1).slope }];
  });
}

const hasLogarithm = (n: number) => n > 0 && Number.isFinite(n);

function growth(
  tolerances: readonly number[],
  R: number,
  strategies: readonly SumStrategy[],
  needed: Needed,
  law: WeightLaw,
  alpha: number,
): LawFit[] {
  const xs = tolerances.map((t) => -Math.log(t));
  const meanX = xs.reduce((a, b) => a + b, 0) / xs.length;
  const spread = xs.reduce((total, x) => total + (x - meanX) ** 2, 0);
  return strategies.map((strategy) => {
    const slopes = needed(strategy, R).map(
      (row) => row.reduce((total, n, k) => total + n * (xs[k]! - meanX), 0) / spread,
    );
    const { mean: slope, interval } = meanEstimate(slopes, alpha);
    const constants = growthConstants(strategy, R, law);
    return { kind: 'neurons per log(1/t)', strategy, resamplings: R, slope, interval, ...constants };
  });
}
