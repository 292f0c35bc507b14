import { boundByName, theorem41 } from '../../theory/bounds/index.js';
import type { Probability } from '../../theory/probability/exact.js';
import type { Problem } from '../../theory/problem/problem.js';
import { makeTarget } from '../../theory/problem/target.js';
import { decide, type SuccessRate, type Verdict } from '../../theory/simulate/montecarlo.js';
import { logIntegers, type TheorySettings } from './settings.js';
import type { Estimates, ExactCurve, Simulation } from './simulation.js';

export const networkBounds = ['paper', 'corrected'] as const;
export type NetworkBound = (typeof networkBounds)[number];

/** A whole network at one bound's widths and one R. */
export interface NetworkRow {
  readonly bound: NetworkBound;
  readonly R: number;
  /** D_1, ..., D_l. */
  readonly hidden: readonly number[];
  readonly exact: Probability;
  /** Whether the exact success reaches 1 - delta. */
  readonly reached: boolean;
}

/** The same with its simulation. */
export interface SimulatedNetworkRow extends NetworkRow {
  readonly simulated: SuccessRate;
  /** What the simulation alone says of "success >= 1 - delta". */
  readonly verdict: Verdict;
}

export interface NetworkPanel {
  readonly widths: readonly number[];
  /** The R from which Theorem 4.1 calls D_i = 2 d_{i-1} enough, for every layer. */
  readonly threshold: number;
  readonly curves: readonly NetworkRow[];
  readonly simulated: readonly SimulatedNetworkRow[];
}

const keyOf = (widths: readonly number[], bound: string, R: number) => `networks/${widths}/${bound}/${R}`;

function problemOf(
  { epsilon, delta }: TheorySettings,
  widths: readonly number[],
  resamplings: number,
): Problem {
  return { widths, epsilon, delta, resamplings };
}

/** T_i, the R from which Theorem 4.1 calls D_i = 2 d_{i-1} enough: its n_i falls to k at T_i/sqrt(k). */
const thresholdsOf = (settings: TheorySettings, widths: readonly number[]): number[] =>
  theorem41.layers(problemOf(settings, widths, 1)).map((layer) => layer.resamplingThreshold!);

/** The first integer R above the threshold of every layer. */
const thresholdOf = (settings: TheorySettings, widths: readonly number[]): number =>
  1 + Math.floor(Math.max(...thresholdsOf(settings, widths)));

/** Where the exact curve of a bound is computed; Theorem 4.1's on both sides of every jump that shows. */
function curveR(settings: TheorySettings, widths: readonly number[], bound: NetworkBound): number[] {
  const threshold = thresholdOf(settings, widths);
  const [low, high] = [Math.max(1, Math.round(threshold / 100)), 3 * threshold];
  const jumps = thresholdsOf(settings, widths).flatMap((T) =>
    Array.from({ length: 16 }, (_, k) => Math.ceil(T / Math.sqrt(k + 1))).flatMap((R) => [R - 1, R]),
  );
  const all = [...logIntegers(low, high, settings.networks.points), ...(bound === 'paper' ? jumps : [])];
  return [...new Set(all)].filter((R) => R >= low && R <= high).sort((a, b) => a - b);
}

const fractionsOf = (threshold: number, fractions: readonly number[]) => [
  ...new Set(fractions.map((f) => Math.max(1, Math.round(f * threshold)))),
];

const targetOf = (settings: TheorySettings, widths: readonly number[]) =>
  makeTarget('gaussian', widths, settings.seed);

/** The rates that {@link networkSeries} shows. */
export function networkSimulations(settings: TheorySettings): Simulation[] {
  return settings.networks.targets.flatMap(({ widths, trials }) => {
    const target = targetOf(settings, widths);
    return fractionsOf(thresholdOf(settings, widths), settings.networks.simulatedAt).flatMap((R) =>
      networkBounds.map(
        (bound): Simulation => ({
          kind: 'rate',
          key: keyOf(widths, bound, R),
          problem: problemOf(settings, widths, R),
          bound,
          target,
          trials,
        }),
      ),
    );
  });
}

/** The exact probabilities that {@link networkSeries} shows; their key names the points in it. */
export function networkCurves(settings: TheorySettings): ExactCurve[] {
  return settings.networks.targets.flatMap(({ widths }) =>
    networkBounds.flatMap((bound) => {
      const at = (key: string, points: readonly number[]): ExactCurve => ({
        kind: 'curve',
        key: `${keyOf(widths, bound, 0)}/${key}`,
        problems: points.map((R) => problemOf(settings, widths, R)),
        bound,
        target: targetOf(settings, widths),
      });
      return [
        at('curve', curveR(settings, widths, bound)),
        at('points', fractionsOf(thresholdOf(settings, widths), settings.networks.simulatedAt)),
      ];
    }),
  );
}

/** Whole Gaussian targets at the widths of Theorem 4.1 and of the corrected theorem, around the theorem's threshold. */
export function networkSeries(settings: TheorySettings, estimates: Estimates): NetworkPanel[] {
  const { delta, networks } = settings;
  return networks.targets.map(({ widths }) => {
    const threshold = thresholdOf(settings, widths);
    const rows = (bound: NetworkBound, key: string, points: readonly number[]): NetworkRow[] => {
      const exact = estimates.curves.get(`${keyOf(widths, bound, 0)}/${key}`)!;
      return points.map((R, i) => {
        const hidden = boundByName(bound).layers(problemOf(settings, widths, R));
        return {
          bound,
          R,
          hidden: hidden.map((layer) => layer.width),
          exact: exact[i]!,
          reached: exact[i]!.failure <= delta,
        };
      });
    };
    return {
      widths,
      threshold,
      curves: networkBounds.flatMap((bound) => rows(bound, 'curve', curveR(settings, widths, bound))),
      simulated: networkBounds.flatMap((bound) =>
        rows(bound, 'points', fractionsOf(threshold, networks.simulatedAt)).map(
          (row): SimulatedNetworkRow => {
            const simulated = estimates.rates.get(keyOf(widths, bound, row.R))!;
            return { ...row, simulated, verdict: decide(simulated.interval, 1 - delta) };
          },
        ),
      ),
    };
  });
}
