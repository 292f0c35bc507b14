import type { Interval } from '../../core/intervals.js';
import { proposition43 } from '../../theory/bounds/index.js';
import { twoNeuronExistence } from '../../theory/probability/two-neuron-existence.js';
import { singleWeightTarget } from '../../theory/problem/target.js';
import { exactProbability } from '../../theory/search/construction.js';
import { logIntegers, type TheorySettings } from './settings.js';
import { type Estimates, type Simulation, singleWeight } from './simulation.js';

/** A failure probability at one R. */
export interface FailureRow {
  readonly R: number;
  /** The width Proposition 4.3 asks for. */
  readonly width: number;
  readonly failure: number;
}

/** A simulated failure rate with its interval. */
export interface SimulatedFailure {
  readonly R: number;
  readonly failure: number;
  readonly interval: Interval;
  readonly trials: number;
}

export interface FailureCurve {
  readonly rows: readonly FailureRow[];
  readonly simulated: readonly SimulatedFailure[];
}

/** Failure at the paper's width for one delta. */
export interface FailurePanel {
  readonly delta: number;
  /** The construction, one curve per target weight. */
  readonly weights: readonly (FailureCurve & { readonly weight: number })[];
  /** All subnetworks of the two hidden neurons the proposition asks for, w = 1; from the R where it asks for two. */
  readonly existence: FailureCurve;
}

const largestR = 1000;
const target = (weight: number) => singleWeightTarget(weight);

const paper = ({ epsilon }: TheorySettings, delta: number, R: number) =>
  proposition43.layers({ widths: [1, 1], epsilon, delta, resamplings: R })[0]!;

/** The least R from which the proposition asks for two hidden neurons. */
export function twoNeuronsFrom(settings: TheorySettings, delta: number): number {
  let R = 1;
  while (paper(settings, delta, R).width > 2) R++;
  return R;
}

const keyOf = (delta: number, weight: number | 'existence', R: number) => `failure/${delta}/${weight}/${R}`;

/** The rates that {@link failureSeries} shows. */
export function failureSimulations(settings: TheorySettings): Simulation[] {
  const { epsilon, failure } = settings;
  return failure.deltas.flatMap((delta) => {
    const R2 = twoNeuronsFrom(settings, delta);
    const rates = failure.weights.flatMap(({ weight, simulatedAt }) =>
      simulatedAt.map(
        (R): Simulation => ({
          kind: 'rate',
          key: keyOf(delta, weight, R),
          problem: { widths: [1, 1], epsilon, delta, resamplings: R },
          bound: 'proposition-4.3',
          target: target(weight),
          trials: failure.trials,
        }),
      ),
    );
    const key = keyOf(delta, 'existence', R2);
    return [...rates, { kind: 'existence', key, epsilon, resamplings: R2, trials: failure.existenceTrials }];
  });
}

/** Exact and simulated failure probability at the width of Proposition 4.3, against R. */
export function failureSeries(settings: TheorySettings, estimates: Estimates): FailurePanel[] {
  const { epsilon, failure } = settings;
  const simulated = (delta: number, weight: number | 'existence', R: number): SimulatedFailure => {
    const { trials, rate, interval } = estimates.rates.get(keyOf(delta, weight, R))!;
    return { R, failure: 1 - rate, interval: { low: 1 - interval.high, high: 1 - interval.low }, trials };
  };
  return failure.deltas.map((delta) => {
    const R2 = twoNeuronsFrom(settings, delta);
    const simulatedRs = failure.weights.flatMap((weight) => weight.simulatedAt);
    const grid = [...new Set([...logIntegers(1, largestR, 2 * settings.points), ...simulatedRs, R2])].sort(
      (a, b) => a - b,
    );
    return {
      delta,
      weights: failure.weights.map(({ weight, simulatedAt }) => ({
        weight,
        rows: grid.map((R): FailureRow => {
          const { width, neurons } = paper(settings, delta, R);
          const { failure } = exactProbability(singleWeight(epsilon, R, neurons!), target(weight));
          return { R, width, failure };
        }),
        simulated: simulatedAt.map((R) => simulated(delta, weight, R)),
      })),
      existence: {
        rows: grid
          .filter((R) => R >= R2)
          .map((R) => ({ R, width: 2, failure: twoNeuronExistence(epsilon, R).failure })),
        simulated: [simulated(delta, 'existence', R2)],
      },
    };
  });
}
