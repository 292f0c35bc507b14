import type { Progress } from '../../core/progress.js';
import { corrected, resampledBound, theorem41, universal } from '../../theory/bounds/index.js';
import { oneWeightNeurons } from '../../theory/bounds/one-weight.js';
import { type LawPoint, widthLaw } from '../../theory/simulate/law/width-law.js';
import { logIntegers, type TheorySettings } from './settings.js';

/** Neurons for one weight and one sign by the bounds. */
export interface OneWeightRow {
  readonly R: number;
  readonly paper: number;
  readonly corrected: number;
  /** Theorem 1 under re-sampling, closed form. */
  readonly resampled: number;
  readonly counting: number;
}

/** Hidden widths D_1 of a network by the bounds. */
export interface NetworkWidthRow {
  readonly R: number;
  readonly paper: number;
  readonly corrected: number;
  readonly resampled: number;
  /** What no subnetwork can do without. */
  readonly necessary: number;
}

/** Width against R: one weight with what strategies need, and a whole network. */
export interface WidthLawFigure {
  readonly tolerance: number;
  readonly delta: number;
  readonly trials: number;
  readonly weight: {
    readonly rows: readonly OneWeightRow[];
    /** By trials, and the theorem with its recursion. */
    readonly points: readonly LawPoint[];
  };
  readonly network: {
    readonly widths: readonly number[];
    readonly epsilon: number;
    readonly delta: number;
    readonly rows: readonly NetworkWidthRow[];
  };
  readonly intervals: number;
  readonly alphaEach: number;
}

/** The figure's series. */
export async function widthLawSeries(
  { seed, alpha, epsilon, delta: networkDelta, points, law }: TheorySettings,
  workers: number,
  progress?: Progress,
): Promise<WidthLawFigure> {
  const { tolerance, delta, trials, resamplings, widths } = law;
  const found = await widthLaw({
    ...{ tolerances: [tolerance], resamplings, weight: 1, delta, trials, seed, alpha, workers },
    ...(progress === undefined ? {} : { progress }),
  });
  const closed = resampledBound({ recursion: false });
  const grid = [...new Set([...logIntegers(1, 1000, Math.ceil(points / 3)), ...resamplings])].sort(
    (a, b) => a - b,
  );
  return {
    tolerance,
    delta,
    trials,
    weight: {
      rows: grid.map((R) => {
        const {
          closed: resampled,
          corrected,
          paper,
          counting,
        } = oneWeightNeurons(tolerance, delta, R, {
          recursion: false,
        });
        return { R, paper, corrected, resampled, counting };
      }),
      points: found.points,
    },
    network: {
      widths,
      epsilon,
      delta: networkDelta,
      rows: grid.map((R) => {
        const problem = { widths, epsilon, delta: networkDelta, resamplings: R };
        const [paper, enough, resampled] = [theorem41, corrected, closed].map(
          (bound) => bound.layers(problem)[0]!.width,
        ) as [number, number, number];
        return { R, paper, corrected: enough, resampled, necessary: universal.width(problem) };
      }),
    },
    intervals: found.intervals,
    alphaEach: found.alphaEach,
  };
}
