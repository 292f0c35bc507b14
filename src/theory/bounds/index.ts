import {
  InputError,
  requireInteger,
  requireNumber,
  requireOneOf,
  requireProbability,
} from '../../core/errors.js';
import { logNeitherServes } from '../probability/exact.js';
import { compileFormula } from './formula.js';

/** What a bound is asked for. */
export interface Problem {
  /** d_0, ..., d_l: the target's layer widths, each at least 1. */
  readonly widths: readonly number[];
  /** Allowed error of the whole network, in (0, 1]. */
  readonly epsilon: number;
  /** Allowed failure probability, in (0, 1). */
  readonly delta: number;
  /** R: independent samples per entry (itself and R-1 re-samplings), 1 to 1e9. */
  readonly resamplings: number;
}

/** What a bound says of one layer i of the target. */
export interface LayerBound {
  /** D_i, the hidden width asked for (d~_{2i-1} in the paper). */
  readonly width: number;
  /** n_i, neurons in the block of one input coordinate and sign; undefined where the bound has no blocks. */
  readonly neurons?: number;
  /** Signs with a block of their own: 2 (both, Eq. 8), or 1 where the input is known to be nonnegative. */
  readonly signs?: 1 | 2;
  /** t_i, the tolerance of one entry behind the bound. */
  readonly tolerance?: number;
  /** R from which the bound says the least width is enough. */
  readonly resamplingThreshold?: number;
}

/** A width bound of the literature or of ours. */
export interface Bound {
  readonly name: string;
  readonly source: string;
  /** Set where the source gives an order: the constants that stand for what it leaves open. */
  readonly constants?: string;
  layers(problem: Problem): LayerBound[];
}

const layerIndices = (widths: readonly number[]) => widths.slice(1).map((_, k) => k + 1);

/**
 * max(1, ceil(x)) for a bound. Doubles carry x to about 1e-15; where that cannot tell x from an integer and the integer
 * matters, the formula is evaluated again with 64 digits.
 */
function ceiling(x: number, formula: string, variables: Readonly<Record<string, number>>): number {
  if (x < 0.5) return 1;
  if (x > 1e12 || Math.abs(x - Math.round(x)) > 1e-13 * Math.max(1, x)) return Math.ceil(x);
  return compileFormula(formula, Object.keys(variables)).ceil(variables);
}

/** Neurons per block as the paper counts them: ceil(16/(t^2 R^2) log(events/delta)) (Eq. 17 and Theorem 4.1). */
function paperNeurons(tolerance: number, R: number, events: number, delta: number): number {
  const x = (16 / (tolerance * tolerance * R * R)) * Math.log(events / delta);
  return ceiling(x, '16/(t^2 R^2) * log(N/delta)', { t: tolerance, R, N: events, delta });
}

function singleWeight(name: string, source: string, resampled: boolean): Bound {
  return {
    name,
    source,
    layers({ widths, epsilon, delta, resamplings }) {
      if (widths.length !== 2 || widths[0] !== 1 || widths[1] !== 1)
        throw new InputError(
          `widths ${widths.join(',')}`,
          `${name} is about one weight`,
          'pass --widths 1,1',
        );
      if (!resampled && resamplings !== 1)
        throw new InputError(
          `resamplings ${resamplings}`,
          `${name} has no re-sampling`,
          'pass --resamplings 1',
        );
      const neurons = paperNeurons(epsilon, resamplings, 2, delta);
      return [{ width: 2 * neurons, neurons, signs: 2, tolerance: epsilon }];
    },
  };
}

/** Lemma 4.2: d >= 2 ceil(16/eps^2 log(2/delta)), one weight, no re-sampling. */
export const lemma42 = singleWeight('lemma-4.2', 'paper, Lemma 4.2', false);

/** Proposition 4.3: d >= 2 ceil(16/(eps^2 R^2) log(2/delta)), one weight (refuted: docs/theory.md). */
export const proposition43 = singleWeight('proposition-4.3', 'paper, Proposition 4.3', true);

/** Theorem 4.1: D_i >= 2 d_{i-1} ceil(64 l^2 d_{i-1}^2 d_i/(eps^2 R^2) log(2 l d_{i-1} d_i/delta)). */
export const theorem41: Bound = {
  name: 'paper',
  source: 'paper, Theorem 4.1',
  layers({ widths, epsilon, delta, resamplings }) {
    const l = widths.length - 1;
    return layerIndices(widths).map((i) => {
      const [inputs, outputs] = [widths[i - 1]!, widths[i]!];
      const events = 2 * l * inputs * outputs;
      const tolerance = epsilon / (2 * l * inputs * Math.sqrt(outputs));
      const x =
        ((64 * l * l * inputs * inputs * outputs) / (epsilon * epsilon * resamplings * resamplings)) *
        Math.log(events / delta);
      const neurons = ceiling(x, '64 l^2 a^2 b/(epsilon^2 R^2) * log(2 l a b/delta)', {
        l,
        a: inputs,
        b: outputs,
        epsilon,
        R: resamplings,
        delta,
      });
      return {
        width: 2 * inputs * neurons,
        neurons,
        signs: 2,
        tolerance,
        resamplingThreshold: ((8 * l * inputs) / epsilon) * Math.sqrt(outputs * Math.log(events / delta)),
      };
    });
  },
};

/**
 * The corrected theorem (docs/theory.md): t_i = eps/(2 l sqrt(d_0 d_{i-1} d_i)), q_i = 1-(1-t_i/4)^R,
 * n_i = ceil(log(N/delta)/-log(1-q_i^2)) with N = 2 d_0 d_1 + sum_{i>=2} d_{i-1} d_i; D_1 >= 2 d_0 n_1, D_i >= d_{i-1} n_i.
 */
export const corrected: Bound = {
  name: 'corrected',
  source: 'docs/theory.md, corrected theorem',
  layers({ widths, epsilon, delta, resamplings }) {
    const l = widths.length - 1;
    const events = layerIndices(widths).reduce(
      (sum, i) => sum + (i === 1 ? 2 : 1) * widths[i - 1]! * widths[i]!,
      0,
    );
    return layerIndices(widths).map((i) => {
      const [inputs, outputs] = [widths[i - 1]!, widths[i]!];
      const signs = i === 1 ? 2 : 1;
      const tolerance = epsilon / (2 * l * Math.sqrt(widths[0]! * inputs * outputs));
      const x = Math.log(events / delta) / -logNeitherServes(resamplings, tolerance / 4, tolerance / 4);
      const neurons = ceiling(x, 'log(N/delta)/(-log(1-(1-(1-t/4)^R)^2))', {
        N: events,
        delta,
        t: tolerance,
        R: resamplings,
      });
      return {
        width: signs * inputs * neurons,
        neurons,
        signs,
        tolerance,
        resamplingThreshold: (4 / tolerance) * Math.log((2 * events) / delta),
      };
    });
  },
};

/** An order-of-growth bound without re-sampling; R is ignored, as it says. */
function order(
  name: string,
  source: string,
  constants: string,
  width: (d: {
    inputs: number;
    outputs: number;
    largest: number;
    l: number;
    epsilon: number;
    delta: number;
  }) => number,
): Bound {
  return {
    name,
    source,
    constants,
    layers({ widths, epsilon, delta }) {
      const largest = Math.max(...widths);
      return layerIndices(widths).map((i) => ({
        width: Math.max(
          1,
          Math.ceil(
            width({
              inputs: widths[i - 1]!,
              outputs: widths[i]!,
              largest,
              l: widths.length - 1,
              epsilon,
              delta,
            }),
          ),
        ),
      }));
    },
  };
}

/** Malach et al. 2020, without re-sampling: polynomial. */
export const malach = order(
  'malach',
  'Malach et al. 2020, Theorem 2.1: poly(d, l, 1/eps, log(1/delta)); degree d^4 l^2 over d as Pensia et al. 2020 (abstract) give it',
  'C = 1; the power 2 of 1/eps and log(1/delta) as in the paper at R = 1',
  ({ inputs, largest, l, epsilon, delta }) =>
    ((inputs * largest ** 4 * l * l) / (epsilon * epsilon)) * Math.log(1 / delta),
);

/** Pensia et al. 2020, Theorem 1, without re-sampling: C d_{i-1} log(d_{i-1} d_i l/min(eps, delta)). */
export const pensia = order(
  'pensia',
  'Pensia et al. 2020, Theorem 1: O(d_{i-1} log(d_{i-1} d_i l/min(eps, delta)))',
  'C = 1',
  ({ inputs, outputs, l, epsilon, delta }) =>
    inputs * Math.log((inputs * outputs * l) / Math.min(epsilon, delta)),
);

/** Orseau et al. 2020, without re-sampling: a logarithmic number of neurons per target weight. */
export const orseau = order(
  'orseau',
  'Orseau et al. 2020: neurons per target weight logarithmic in all variables but depth (hyperbolic weights, batch sampling)',
  'C = 1, linear in depth',
  ({ inputs, outputs, l, epsilon, delta }) =>
    inputs * outputs * l * Math.log((inputs * outputs * l) / Math.min(epsilon, delta)),
);

/** Every named bound. */
export const bounds: readonly Bound[] = [
  lemma42,
  proposition43,
  theorem41,
  corrected,
  malach,
  pensia,
  orseau,
];

/** The bound of this name. @throws InputError that lists the names */
export function boundByName(name: string): Bound {
  const known = requireOneOf(
    'bound',
    name,
    bounds.map((b) => b.name),
  );
  return bounds.find((b) => b.name === known)!;
}

/**
 * A user's own width formula for D_i in mathjs syntax over l, i, d0 ... dl, din (d_{i-1}), dout (d_i), epsilon, delta, R.
 *
 * @throws InputError on a syntax error, an unknown name, or a value that is no width
 */
export function formulaBound(text: string): Bound {
  return {
    name: 'formula',
    source: text,
    layers({ widths, epsilon, delta, resamplings }) {
      const l = widths.length - 1;
      const named = Object.fromEntries(widths.map((d, k) => [`d${k}`, d]));
      const common = { l, ...named, epsilon, delta, R: resamplings };
      const formula = compileFormula(text, [...Object.keys(common), 'i', 'din', 'dout']);
      return layerIndices(widths).map((i) => {
        const width = formula.ceil({ ...common, i, din: widths[i - 1]!, dout: widths[i]! });
        requireWidth(`width of layer ${i} by '${text}'`, width);
        return { width };
      });
    },
  };
}

/** Checks a problem at the edge. @throws InputError that names what is wrong with it */
export function requireProblem(problem: Problem): Problem {
  requireWidths(problem.widths);
  requireProbability('delta', problem.delta);
  if (!(problem.epsilon > 0 && problem.epsilon <= 1))
    throw new InputError(
      `epsilon ${problem.epsilon}`,
      'must lie in (0, 1]',
      'pass the allowed error, such as 0.1',
    );
  requireInteger('resamplings', problem.resamplings, 1, 1e9);
  return problem;
}

/** d_0, ..., d_l as a target may have them. @throws InputError that names the bad width or the overflow */
export function requireWidths(widths: readonly number[]): readonly number[] {
  if (widths.length < 2)
    throw new InputError(
      `widths ${widths.join(',')}`,
      'must list d_0 to d_l, at least two',
      'pass e.g. 784,300,100,10',
    );
  for (const d of widths)
    if (!Number.isInteger(d) || d < 1)
      throw new InputError(
        `widths ${widths.join(',')}`,
        `${d} is not a positive integer`,
        'pass e.g. 784,300,100,10',
      );
  for (let i = 1; i < widths.length; i++)
    requireNumber(
      `entries d_${i - 1} x d_${i} of widths ${widths.join(',')}:`,
      widths[i - 1]! * widths[i]!,
      1,
      2 ** 31,
    );
  return widths;
}

/** A hidden width D_i. @throws InputError unless it is an integer from 1 to 1e18 */
export function requireWidth(name: string, width: number): number {
  return requireInteger(name, width, 1, 1e18);
}
