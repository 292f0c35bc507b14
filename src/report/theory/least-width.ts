import { corrected, proposition43, theorem41 } from '../../theory/bounds/index.js';
import { singleWeightTarget } from '../../theory/problem/target.js';
import { leastNeurons } from '../../theory/simulate/montecarlo.js';
import { logIntegers, type TheorySettings } from './settings.js';
import { type Estimates, type Simulation, singleWeight } from './simulation.js';

/** Widths D at one R; the exact one is the least that succeeds with probability 1-delta. */
export interface LeastWidthRow {
  readonly R: number;
  readonly paper: number;
  readonly corrected: number;
  readonly exact: number;
}

/** The least width of one target weight, from simulation alone. */
export interface SimulatedWidth {
  readonly R: number;
  /** The least D lies in low ... high with probability 1 - alpha; high is null where no width tried was enough. */
  readonly low: number;
  readonly high: number | null;
  readonly trials: number;
}

/** One target weight under one of the paper's statements. */
export interface LeastWidthPanel {
  readonly weight: number;
  readonly statement: 'Proposition 4.3' | 'Theorem 4.1';
  /** t: epsilon for the proposition; epsilon/2 in the theorem's schedule. */
  readonly tolerance: number;
  readonly rows: readonly LeastWidthRow[];
  readonly simulated: readonly SimulatedWidth[];
}

const largestR = 1000;

const cases = ({ epsilon, leastWidth }: TheorySettings) => [
  ...leastWidth.weights.map((weight) => ({
    weight,
    statement: 'Proposition 4.3' as const,
    tolerance: epsilon,
  })),
  ...leastWidth.weights.map((weight) => ({
    weight,
    statement: 'Theorem 4.1' as const,
    tolerance: epsilon / 2,
  })),
];

/** Neurons the corrected theorem asks for at a tolerance t: at l = d_0 = d_1 = 1 its schedule is t = epsilon/2. */
export const correctedNeurons = (tolerance: number, delta: number, R: number): number =>
  corrected.layers({ widths: [1, 1], epsilon: 2 * tolerance, delta, resamplings: R })[0]!.neurons!;

const keyOf = (statement: string, weight: number, R: number) => `least width/${statement}/${weight}/${R}`;

/** The brackets that {@link leastWidthSeries} shows. */
export function leastWidthSimulations(settings: TheorySettings): Simulation[] {
  const { delta, leastWidth } = settings;
  return cases(settings).flatMap(({ weight, statement, tolerance }) =>
    leastWidth.simulatedAt.map(
      (R): Simulation => ({
        kind: 'least',
        key: keyOf(statement, weight, R),
        weight,
        tolerance,
        resamplings: R,
        delta,
        most: 2 * correctedNeurons(tolerance, delta, R) + 2,
        largestBatch: leastWidth.largestBatch,
      }),
    ),
  );
}

const gridOf = ({ points, leastWidth }: TheorySettings): number[] =>
  [...new Set([...logIntegers(1, largestR, points), ...leastWidth.simulatedAt])].sort((a, b) => a - b);

/** Least width against R: what the paper asks for, what the corrected count asks for, what it takes. */
export function leastWidthSeries(settings: TheorySettings, estimates: Estimates): LeastWidthPanel[] {
  const { delta, leastWidth } = settings;
  return cases(settings).map(({ weight, statement, tolerance }) => {
    const target = singleWeightTarget(weight);
    const bound = statement === 'Theorem 4.1' ? theorem41 : proposition43;
    const rows = gridOf(settings).map((R): LeastWidthRow => {
      const enough = correctedNeurons(tolerance, delta, R);
      const least = leastNeurons((n) => singleWeight(tolerance, R, n), target, delta, enough)!;
      const [layer] = bound.layers({ widths: [1, 1], epsilon: settings.epsilon, delta, resamplings: R });
      return { R, paper: layer!.width, corrected: 2 * enough, exact: 2 * least };
    });
    const simulated = leastWidth.simulatedAt.map((R): SimulatedWidth => {
      const bracket = estimates.brackets.get(keyOf(statement, weight, R));
      return bracket === undefined
        ? { R, low: 2, high: null, trials: 0 }
        : { R, low: 2 * bracket.low, high: 2 * bracket.high, trials: bracket.trials };
    });
    return { weight, statement, tolerance, rows, simulated };
  });
}
