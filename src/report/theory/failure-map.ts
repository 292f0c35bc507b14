import { proposition43 } from '../../theory/bounds/index.js';
import { singleWeightTarget } from '../../theory/problem/target.js';
import { exactProbability } from '../../theory/search/construction.js';
import { leastNeurons } from '../../theory/simulate/montecarlo.js';
import { correctedNeurons } from './least-width.js';
import { logIntegers, type TheorySettings } from './settings.js';
import { singleWeight } from './simulation.js';

/** Failure of the construction for one target weight over neurons per side n and R, with three curves n(R). */
export interface FailureMap {
  readonly weight: number;
  readonly R: readonly number[];
  readonly n: readonly number[];
  /** failure[i][j] is the exact probability at n[i], R[j]. */
  readonly failure: readonly (readonly number[])[];
  /** n(R) of Proposition 4.3. */
  readonly paper: readonly number[];
  /** n(R) of the corrected count. */
  readonly corrected: readonly number[];
  /** The least n(R) with failure at most delta. */
  readonly exact: readonly number[];
}

/** The exact failure probability over (n, R). */
export function failureMaps({ epsilon, delta, map }: TheorySettings): FailureMap[] {
  const R = logIntegers(1, 1000, map.cells);
  const n = logIntegers(1, map.mostNeurons, map.cells);
  return map.weights.map((weight) => {
    const target = singleWeightTarget(weight);
    const at = (neurons: number, r: number) => singleWeight(epsilon, r, neurons);
    const corrected = R.map((r) => correctedNeurons(epsilon, delta, r));
    return {
      weight,
      R,
      n,
      failure: n.map((neurons) => R.map((r) => exactProbability(at(neurons, r), target).failure)),
      paper: R.map(
        (r) => proposition43.layers({ widths: [1, 1], epsilon, delta, resamplings: r })[0]!.neurons!,
      ),
      corrected,
      exact: R.map((r, j) => leastNeurons((neurons) => at(neurons, r), target, delta, corrected[j]!)!),
    };
  });
}
