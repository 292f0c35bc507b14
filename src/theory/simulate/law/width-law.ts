import { InputError, requireInteger, requireNumber, requireProbability } from '../../../core/errors.js';
import { formatNumber } from '../../../core/format.js';
import { clopperPearson, type Interval } from '../../../core/intervals.js';
import { mapParts, type PartStore } from '../../../core/pool.js';
import type { Progress } from '../../../core/progress.js';
import { requireSeed } from '../../../core/rng.js';
import { type OneWeightNeurons, oneWeightNeurons } from '../../bounds/one-weight.js';
import { lawLeast } from '../../bounds/other-laws.js';
import { bestProduct } from '../../probability/best-product.js';
import { logNeitherServes } from '../../probability/exact.js';
import { twoValuedNeurons } from '../../probability/finite-values.js';
import { uniform, type WeightDistribution } from '../../problem/distribution.js';
import type { StrategyName } from '../../search/strategies/index.js';
import { trialRanges } from '../trials.js';
import { decide, type Verdict } from '../verdict.js';
import { type LawFit, lawFits } from './exponents.js';

export type { LawFit };

import { type LeastEstimate, leastOf } from './least.js';
import neuronsUntilServed, {
  type LawPart,
  LEAST_TOLERANCE,
  type SumStrategy,
  sumStrategies,
  usableShare,
} from './neurons-until-served.js';
import { slopeWithin, twoValue } from './two-values.js';

/** What {@link widthLaw} is asked for. */
export interface LawRequest {
  /** t, each in [1e-6, 1/3]. */
  readonly tolerances: readonly number[];
  /** R, each 1 to 1000. */
  readonly resamplings: readonly number[];
  /** w in [-1, 1]; 1 is the hardest to reach. */
  readonly weight: number;
  /** D_param: symmetric, with a density around 0 or of two values; U[-1,1] where left out. */
  readonly distribution?: WeightDistribution;
  /** Allowed failure probability. */
  readonly delta: number;
  /** Trials for each strategy and R; they serve every tolerance. */
  readonly trials: number;
  readonly seed: number;
  /** Error level of all intervals together. */
  readonly alpha: number;
  /** Threads, 1 (default) or more; results do not depend on it. */
  readonly workers?: number;
  readonly progress?: Progress;
  /** Neurons of parts of the trials, which are not run again. */
  readonly kept?: PartStore<readonly number[]>;
}

/** What one strategy needs at one t and R: exactly, or by trials. */
export type StrategyLeast =
  | {
      readonly name: StrategyName;
      /** Infinite (null in JSON) where no number of neurons is enough. */
      readonly least: number;
      readonly exact: true;
    }
  | ({ readonly name: SumStrategy; readonly exact: false } & LeastEstimate);

/** One t and R. */
export interface LawPoint {
  readonly tolerance: number;
  readonly resamplings: number;
  readonly strategies: readonly StrategyLeast[];
  /** For other laws than U[-1,1] the theorem alone, from its constants; `counting` where it is proved, for t + e^-2 <= |w|. */
  readonly bounds: Partial<OneWeightNeurons>;
  /** For weights of two values the least n of all subnetworks, by the exact probability (docs/theory-width.md, section 8, F1). */
  readonly twoValued?: number;
  /** The theorem's n held against the trials of its own scheme, `subset-sum-fixed`; it says nothing of weights of two values. */
  readonly theorem?: {
    readonly neurons: number;
    readonly failures: number;
    /** Of the failure probability at that n. */
    readonly interval: Interval;
    readonly verdict: Verdict;
  };
}

/** The law of width and re-sampling for one weight and one sign. */
export interface WidthLaw {
  readonly points: readonly LawPoint[];
  /** Sums for which the distribution has hardly any neuron to use; left out if there are none. */
  readonly without?: readonly SumStrategy[];
  readonly fits: readonly LawFit[];
  /** Intervals in all, and the error level of each. */
  readonly intervals: number;
  readonly alphaEach: number;
}

const worker = { file: new URL('./neurons-until-served.js', import.meta.url), run: neuronsUntilServed };

/**
 * The least number of neurons for one weight and one sign against R and t: by trials for the sums over neurons, exactly for the projection map and, at |w| = 1, for products;
 * the bounds beside them, and the growth fitted to the points.
 *
 * @throws InputError on a bad request
 */
export async function widthLaw(request: LawRequest): Promise<WidthLaw> {
  requireLaw(request);
  const { weight, delta, alpha, distribution = uniform(1) } = request;
  const tolerances = sorted(request.tolerances).reverse();
  const resamplings = sorted(request.resamplings);
  const strategies = sumStrategies.filter(
    (name) => usableShare(name, distribution, resamplings[0]!) > LEAST_SHARE,
  );
  const without = sumStrategies.filter((name) => !strategies.includes(name));
  const needed = await drawAll(request, strategies, distribution, tolerances, resamplings);
  const points = resamplings.length * tolerances.length;
  const a = twoValue(distribution);
  // Weights of two values have no theorem, and grow as docs/theory-width.md says exactly.
  const fitted = a === undefined ? lawFits.count(tolerances, resamplings, strategies) + points : 0;
  const intervals = points * strategies.length + fitted;
  const alphaEach = alpha / intervals;
  const rows = resamplings.flatMap((R) =>
    tolerances.map((tolerance, k): LawPoint => {
      const neurons = (name: SumStrategy) => needed(name, R).map((row) => row[k]!);
      const bounds = boundsAt(distribution, weight, tolerance, delta, R);
      return {
        tolerance,
        resamplings: R,
        strategies: [
          ...exactLeast(distribution, weight, tolerance, R, delta),
          ...strategies.map(
            (name): StrategyLeast => ({
              name,
              exact: false,
              ...leastOf(neurons(name), delta, alphaEach),
            }),
          ),
        ],
        bounds,
        ...(a === undefined
          ? { theorem: theoremHeld(bounds, neurons('subset-sum-fixed'), delta, alphaEach) }
          : { twoValued: twoValuedNeurons(slopeWithin(weight, tolerance, a)!, R, delta) }),
      };
    }),
  );
  return {
    points: rows,
    ...(without.length === 0 ? {} : { without }),
    fits:
      a === undefined
        ? lawFits(rows, tolerances, resamplings, strategies, needed, distribution, alphaEach)
        : [],
    intervals,
    alphaEach,
  };
}

/** A strategy is left out where less than this share of the neurons has a u that it may use. */
const LEAST_SHARE = 1e-3;

/** The bounds of the distribution. Counting says nothing of weights nearer to 0 than t + e^-2, which need no neuron at all where |w| <= t. */
function boundsAt(
  distribution: WeightDistribution,
  weight: number,
  t: number,
  delta: number,
  R: number,
): LawPoint['bounds'] {
  if (twoValue(distribution) !== undefined) return {};
  if (distribution.uniform !== 1)
    return { closed: lawLeast(distribution, 1, R, t, Math.log(delta), false).neurons };
  const { counting, ...bounds } = oneWeightNeurons(t, delta, R);
  return Math.abs(weight) >= t + Math.exp(-2) ? { ...bounds, counting } : bounds;
}

/** The theorem's n against trials. */
function theoremHeld(
  { closed, recursion = Number.POSITIVE_INFINITY }: LawPoint['bounds'],
  needed: readonly number[],
  delta: number,
  alpha: number,
): NonNullable<LawPoint['theorem']> {
  const neurons = Math.min(closed!, recursion);
  const failures = needed.filter((n) => n > neurons).length;
  const interval = clopperPearson(failures, needed.length, alpha);
  const verdict = decide({ low: 1 - interval.high, high: 1 - interval.low }, 1 - delta);
  return { neurons, failures, interval, verdict };
}

/** The sums of so many fit into no memory, at any R. */
const MOST_NEURONS = 50;

const sorted = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);

/** @throws InputError for a request that no law answers */
export function requireLaw(request: LawRequest): void {
  const { tolerances, resamplings, weight, delta, trials, seed, alpha, distribution } = request;
  if (
    distribution !== undefined &&
    twoValue(distribution) === undefined &&
    distribution.leastDensity(1e-9) === 0
  )
    throw new InputError(
      `distribution '${distribution.name}'`,
      'has finitely many values, so that sums need not come within t at any width (docs/theory-width.md, section 8)',
      'pass one with a density around 0, such as normal:1',
    );
  const value = distribution && twoValue(distribution);
  if (value !== undefined)
    for (const t of tolerances)
      if (slopeWithin(weight, t, value) === undefined)
        throw new InputError(
          `distribution '${distribution!.name}' with w = ${weight}`,
          `gives slopes that are multiples of ${formatNumber(value ** 2)}, none of them within t = ${t}, at any width and R`,
          'pass a larger t, or smaller weights',
        );
  const { uniform: a } = distribution ?? uniform(1);
  // A slope of n neurons is at most n a^2, and about twice as many are needed to have a choice.
  if (a !== undefined && (Math.abs(weight) - Math.max(...tolerances)) / a ** 2 > MOST_NEURONS)
    throw new InputError(
      `distribution '${distribution!.name}' with w = ${weight}`,
      `needs more than ${MOST_NEURONS} neurons to reach it at all, whose sums fit into no memory`,
      'pass a smaller weight, or a wider distribution',
    );
  for (const t of tolerances) requireNumber('t', t, LEAST_TOLERANCE, 1 / 3);
  for (const R of resamplings) requireInteger('resamplings', R, 1, 1000);
  requireNumber('weight', weight, -1, 1);
  requireProbability('delta', delta);
  requireInteger('trials', trials, 2, 1e6);
  requireProbability('alpha', alpha);
  requireSeed(seed);
}

/** Trials by strategy and R; a trial's row holds its neurons for each tolerance. */
export type Needed = (strategy: SumStrategy, R: number) => readonly (readonly number[])[];

async function drawAll(
  { weight, trials, seed, workers = 1, progress, kept }: LawRequest,
  strategies: readonly SumStrategy[],
  distribution: WeightDistribution,
  tolerances: readonly number[],
  resamplings: readonly number[],
): Promise<Needed> {
  const parts = resamplings.flatMap((R) =>
    strategies.flatMap((strategy) =>
      [...trialRanges(trials, 25)].map(
        (range): LawPart => ({
          ...{ strategy, resamplings: R, weight, tolerances, seed },
          distribution: distribution.name,
          ...range,
        }),
      ),
    ),
  );
  const drawn = await mapParts(worker, parts, workers, progress, kept && asArrays(kept));
  const rows = new Map<string, number[][]>();
  parts.forEach(({ strategy, resamplings: R, from, to }, i) => {
    const key = `${strategy} ${R}`;
    const own = rows.get(key) ?? [];
    rows.set(key, own);
    for (let trial = 0; trial < to - from; trial++)
      own.push([...drawn[i]!.subarray(trial * tolerances.length, (trial + 1) * tolerances.length)]);
  });
  return (strategy, R) => rows.get(`${strategy} ${R}`)!;
}

/** Plain numbers are what a file holds. */
const asArrays = (kept: PartStore<readonly number[]>): PartStore<Int32Array> => ({
  get(part) {
    const numbers = kept.get(part);
    return numbers && Int32Array.from(numbers);
  },
  put: (part, out, of) => kept.put(part, [...out], of),
});

/** The strategies of one neuron a weight, whose neurons serve independently of each other. */
function exactLeast(
  law: WeightDistribution,
  weight: number,
  t: number,
  R: number,
  delta: number,
): StrategyLeast[] {
  const least = (name: StrategyName, logFailure: number): StrategyLeast => ({
    name,
    exact: true,
    least: logFailure < 0 ? Math.max(1, Math.ceil(Math.log(delta) / logFailure)) : Number.POSITIVE_INFINITY,
  });
  const mapped = least('projection', logNeitherServes(R, law.mass(1, t / 2), law.mass(weight, t / 2)));
  return Math.abs(weight) === 1 && law.uniform === 1
    ? [mapped, least('product', Math.log1p(-bestProduct(t, R)))]
    : [mapped];
}
