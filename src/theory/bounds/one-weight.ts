import { logNeitherServes } from '../probability/exact.js';
import { closedNeurons, uniformRates } from './closed-form.js';
import { recursionNeurons } from './recursion/index.js';
import { LEAST_FAILURE, recursionFor } from './resampled.js';

/** Neurons for one weight and one sign by the theorem under re-sampling. */
export interface TheoremNeurons {
  /** Theorem 1 under re-sampling (docs/theory-width.md): its closed form, and its recursion where that is tried and smaller. */
  readonly closed: number;
  readonly recursion?: number;
}

/** Neurons for one weight and one sign by each bound: U[-1,1], |w| <= 1. */
export interface OneWeightNeurons extends TheoremNeurons {
  /** The corrected theorem's count, which is exact for the projection map at |w| = 1. */
  readonly corrected: number;
  /** The paper's, Proposition 4.3: ceil(16/(t^2 R^2) log(2/delta)). */
  readonly paper: number;
  /** Fewer break the promise: P(success) <= 2t ((1+R^2/2)^n - 1), for t + e^-2 <= |w| (docs/theory-width.md, section 6). */
  readonly counting: number;
}

/**
 * @param t tolerance, in (0, 1/3]
 * @param delta allowed failure probability, in (0, 1)
 * @param R samples, 1 to 1e9
 * @param options.recursion whether the recursion is tried (default), which may take a second
 */
export function oneWeightNeurons(
  t: number,
  delta: number,
  R: number,
  options: { readonly recursion: boolean } = { recursion: true },
): OneWeightNeurons {
  const closed = closedNeurons(uniformRates(R), t, Math.log(delta)).neurons;
  const plan = options.recursion && delta >= LEAST_FAILURE ? recursionFor(R, [t], closed - 1) : undefined;
  const recursion =
    plan === undefined ? undefined : recursionNeurons(plan.game, plan.perOctave, [t], delta, closed - 1)[0];
  return {
    closed,
    ...(recursion === undefined ? {} : { recursion }),
    corrected: Math.max(1, Math.ceil(Math.log(1 / delta) / -logNeitherServes(R, t / 4, t / 4))),
    paper: Math.max(1, Math.ceil((16 / (t * R) ** 2) * Math.log(2 / delta))),
    counting: Math.ceil((Math.log1p((1 - delta) / (2 * t)) / Math.log1p((R * R) / 2)) * (1 - 1e-12)),
  };
}
