import { requireInteger, requireProbability } from '../../core/errors.js';
import { clopperPearson, type Interval } from '../../core/intervals.js';
import { mapParts, type PartStore } from '../../core/pool.js';
import type { Progress } from '../../core/progress.js';
import { requireSeed, stream } from '../../core/rng.js';
import type { Target } from '../problem/target.js';
import { type Construction, exactProbability } from '../search/construction.js';
import { requireDrawable } from '../search/network.js';
import { requireSimulable } from './simulable.js';
import runTrials, { type Simulator, type TrialsPart, trialRanges } from './trials.js';
import { TRIALS_PER_STREAM } from './two-neurons.js';
import { decide, type Verdict } from './verdict.js';

export { decide, type Verdict };

/** A success rate seen in independent trials. */
export interface SuccessRate {
  readonly trials: number;
  readonly successes: number;
  readonly rate: number;
  /** Clopper-Pearson at error level `alpha`. */
  readonly interval: Interval;
  readonly alpha: number;
}

/** How trials are run. */
export interface TrialOptions {
  readonly trials: number;
  readonly seed: number;
  /** Error level of the interval, in (0, 1); divide by the number of intervals in one report (Bonferroni). */
  readonly alpha: number;
  /** Threads, 1 (default) or more; results do not depend on it. */
  readonly workers?: number;
  readonly progress?: Progress;
  /** Successes of parts of the trials, which are not run again. */
  readonly kept?: PartStore<number>;
}

const worker = { file: new URL('./trials.js', import.meta.url), run: runTrials };

type Experiment<P = TrialsPart> = P extends unknown ? Omit<P, 'seed' | 'from' | 'to'> : never;

/**
 * The success rate of a construction for one target.
 *
 * @throws InputError on a bad input; all of them are checked here, as an error in a worker loses its class
 */
export function constructionSuccessRate(
  construction: Construction,
  target: Target,
  simulator: Simulator,
  options: TrialOptions,
): Promise<SuccessRate> {
  requireSimulable(construction, target, simulator, options.workers);
  const { distribution, ...plain } = construction;
  return successRate(
    {
      kind: 'construction',
      simulator,
      construction: { ...plain, distribution: distribution.name },
      target,
    },
    1,
    options,
  );
}

/** The rate at which two neurons hold any subnetwork within epsilon of f(x) = x (Prop. 4.3 as an existence statement). */
export function existenceSuccessRate(
  epsilon: number,
  resamplings: number,
  options: TrialOptions,
): Promise<SuccessRate> {
  requireExistence(epsilon, resamplings);
  return successRate({ kind: 'two neurons', epsilon, resamplings }, TRIALS_PER_STREAM, options);
}

/** @throws InputError unless trials of {@link existenceSuccessRate} can be drawn */
export function requireExistence(epsilon: number, resamplings: number): void {
  requireProbability('epsilon', epsilon);
  requireInteger('resamplings', resamplings, 1, 1e9);
  requireDrawable(4 * resamplings);
}

/** @throws InputError for what no trials can be run with */
export function requireTrials({ trials, seed, alpha }: TrialOptions): void {
  requireInteger('trials', trials, 1, 1e12);
  requireProbability('alpha', alpha);
  requireSeed(seed);
}

async function successRate(
  experiment: Experiment,
  multiple: number,
  options: TrialOptions,
): Promise<SuccessRate> {
  const { trials, seed, alpha, workers = 1, progress, kept } = options;
  requireTrials(options);
  const parts = [...trialRanges(trials, multiple)].map(
    (range): TrialsPart => ({ ...experiment, seed, ...range }),
  );
  const tell: Progress = (done) => progress?.(parts[done - 1]!.to, trials);
  const counts = await mapParts(worker, parts, workers, tell, kept);
  const successes = counts.reduce((a, b) => a + b, 0);
  return {
    trials,
    successes,
    rate: successes / trials,
    interval: clopperPearson(successes, trials, alpha),
    alpha,
  };
}

/** The least n in 1 ... most whose exact failure probability is at most delta; undefined if none is. */
export function leastNeurons(
  at: (neurons: number) => Construction,
  target: Target,
  delta: number,
  most: number,
): number | undefined {
  const enough = (n: number) => exactProbability(at(n), target).failure <= delta;
  if (!enough(most)) return undefined;
  let [low, high] = [0, most];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** A bracket of the least n: below `low` certified too few, `high` certified enough. */
export interface LeastNeuronsBracket {
  readonly low: number;
  readonly high: number;
  /** The probability that the bracket misses the truth is at most this. */
  readonly alpha: number;
  readonly trials: number;
}

/**
 * Brackets the least n reaching success 1-delta from simulation alone. A bisection (success is monotone in n) decides
 * at each n by trials in growing batches until a Clopper-Pearson interval excludes 1-delta; every look spends
 * alpha/(decisions*looks), so that by the union bound the whole search errs with probability at most alpha. Where the
 * largest batch does not decide, the bracket stays open there.
 *
 * @param options.most the largest n tried; undefined is returned if it is certified too few or not certified enough
 * @param options.largestBatch trials of the last look at one n
 */
export async function leastNeuronsSimulated(
  at: (neurons: number) => Construction,
  target: Target,
  simulator: Simulator,
  delta: number,
  options: { most: number; largestBatch: number; seed: number; alpha: number; workers?: number },
): Promise<LeastNeuronsBracket | undefined> {
  const { most, largestBatch, seed, alpha, workers = 1 } = options;
  requireProbability('delta', delta);
  const decisions = 2 * Math.ceil(Math.log2(most + 1)) + 2;
  const batches: number[] = [];
  for (let size = Math.min(largestBatch, Math.ceil(8 / delta)); size < largestBatch; size *= 4)
    batches.push(size);
  batches.push(largestBatch);
  const level = alpha / (decisions * batches.length);
  let trials = 0;
  const decideAt = async (n: number): Promise<Verdict> => {
    for (const [look, size] of batches.entries()) {
      const rate = await constructionSuccessRate(at(n), target, simulator, {
        trials: size,
        seed: stream(seed, 'least neurons', n, look).uint32(),
        alpha: level,
        workers,
      });
      trials += size;
      const verdict = decide(rate.interval, 1 - delta);
      if (verdict !== 'undecided') return verdict;
    }
    return 'undecided';
  };
  if ((await decideAt(most)) !== 'consistent') return undefined;
  let [tooFew, enough] = [0, most];
  // Two bisections: the least n certified enough, the largest certified too few; undecided n count against each.
  for (let [low, high] = [0, most]; high - low > 1; ) {
    const middle = low + Math.floor((high - low) / 2);
    const verdict = await decideAt(middle);
    if (verdict === 'consistent') enough = high = middle;
    else low = middle;
    if (verdict === 'violated') tooFew = Math.max(tooFew, middle);
  }
  for (let [low, high] = [tooFew, enough]; high - low > 1; ) {
    const middle = low + Math.floor((high - low) / 2);
    if ((await decideAt(middle)) === 'violated') tooFew = low = middle;
    else high = middle;
  }
  return { low: tooFew + 1, high: enough, alpha, trials };
}
