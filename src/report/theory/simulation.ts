import { mapParts } from '../../core/pool.js';
import type { Progress } from '../../core/progress.js';
import { stream } from '../../core/rng.js';
import { boundByName } from '../../theory/bounds/index.js';
import type { Probability } from '../../theory/probability/exact.js';
import { uniform } from '../../theory/problem/distribution.js';
import type { Problem } from '../../theory/problem/problem.js';
import { singleWeightTarget, type Target } from '../../theory/problem/target.js';
import { type Construction, constructionFor, exactProbability } from '../../theory/search/construction.js';
import {
  constructionSuccessRate,
  existenceSuccessRate,
  type LeastNeuronsBracket,
  leastNeuronsSimulated,
  type SuccessRate,
} from '../../theory/simulate/montecarlo.js';

/** One estimate of the report, as a message to a worker. */
export type Simulation =
  | {
      readonly kind: 'rate';
      /** Says which estimate it is, and is the address of its random numbers. */
      readonly key: string;
      readonly problem: Problem;
      readonly bound: string;
      readonly tolerance?: number;
      readonly target: Target;
      readonly trials: number;
    }
  | {
      readonly kind: 'existence';
      readonly key: string;
      readonly epsilon: number;
      readonly resamplings: number;
      readonly trials: number;
    }
  | {
      readonly kind: 'least';
      readonly key: string;
      readonly weight: number;
      readonly tolerance: number;
      readonly resamplings: number;
      readonly delta: number;
      /** The largest n tried. */
      readonly most: number;
      readonly largestBatch: number;
    };

/** Exact probabilities that take long, as a message to a worker. */
export interface ExactCurve {
  readonly kind: 'curve';
  readonly key: string;
  /** One problem for each point. */
  readonly problems: readonly Problem[];
  readonly bound: string;
  readonly target: Target;
}

/** Estimates by key. */
export interface Estimates {
  readonly rates: ReadonlyMap<string, SuccessRate>;
  /** Undefined where no n tried was certified enough. */
  readonly brackets: ReadonlyMap<string, LeastNeuronsBracket | undefined>;
  readonly curves: ReadonlyMap<string, readonly Probability[]>;
  /** Error level of each. */
  readonly alphaEach: number;
}

interface Part {
  readonly work: Simulation | ExactCurve;
  readonly seed: number;
  readonly alpha: number;
}

/** One weight with n neurons per side at a tolerance. */
export function singleWeight(tolerance: number, R: number, n: number): Construction {
  const problem = { widths: [1, 1], epsilon: tolerance, delta: 0.5, resamplings: R };
  return constructionFor(problem, boundByName('proposition-4.3'), uniform(1), { tolerance, hidden: [2 * n] });
}

type Result = SuccessRate | LeastNeuronsBracket | readonly Probability[] | undefined;

/** Does one part in one thread. */
export default async function runPart({ work, seed, alpha }: Part): Promise<Result> {
  const own = stream(seed, 'report', work.key).uint32();
  switch (work.kind) {
    case 'rate': {
      const { problem, bound, tolerance, target, trials } = work;
      const options = tolerance === undefined ? {} : { tolerance };
      const construction = constructionFor(problem, boundByName(bound), uniform(1), options);
      return constructionSuccessRate(construction, target, 'outcome', { trials, seed: own, alpha });
    }
    case 'existence': {
      const { epsilon, resamplings, trials } = work;
      return existenceSuccessRate(epsilon, resamplings, { trials, seed: own, alpha });
    }
    case 'least': {
      const { weight, tolerance, resamplings, delta, most, largestBatch } = work;
      const at = (n: number) => singleWeight(tolerance, resamplings, n);
      const target = singleWeightTarget(weight);
      return leastNeuronsSimulated(at, target, 'outcome', delta, { most, largestBatch, seed: own, alpha });
    }
    case 'curve':
      return work.problems.map((problem) =>
        exactProbability(constructionFor(problem, boundByName(work.bound), uniform(1)), work.target),
      );
  }
}

const worker = { file: new URL('./simulation.js', import.meta.url), run: runPart };

/** Runs everything, each interval at an equal share of alpha; what comes out does not depend on the workers. */
export async function estimateAll(
  simulations: readonly Simulation[],
  exact: readonly ExactCurve[],
  seed: number,
  alpha: number,
  workers: number,
  progress?: Progress,
): Promise<Estimates> {
  const alphaEach = alpha / simulations.length;
  // The longest first, so that no worker is left alone with one at the end.
  const parts = [...simulations, ...exact]
    .sort((a, b) => cost(b) - cost(a))
    .map((work): Part => ({ work, seed, alpha: alphaEach }));
  const results = await mapParts(worker, parts, workers, progress);
  const rates = new Map<string, SuccessRate>();
  const brackets = new Map<string, LeastNeuronsBracket | undefined>();
  const curves = new Map<string, readonly Probability[]>();
  for (const [i, { work }] of parts.entries()) {
    const result = results[i];
    if (result === undefined || 'low' in result) brackets.set(work.key, result);
    else if ('rate' in result) rates.set(work.key, result);
    else curves.set(work.key, result);
  }
  return { rates, brackets, curves, alphaEach };
}

/** Single-weight trials that take about as long. */
function cost(work: Simulation | ExactCurve): number {
  switch (work.kind) {
    case 'rate':
      return work.trials * (1 + entries(work.target) / 200);
    case 'existence':
      return (work.trials * work.resamplings) / 2000;
    case 'least':
      return work.largestBatch * Math.log2(work.most + 2);
    case 'curve':
      return work.problems.length * (1 + entries(work.target) / 200);
  }
}

const entries = ({ matrices }: Target) => matrices.reduce((sum, matrix) => sum + matrix.length, 0);
