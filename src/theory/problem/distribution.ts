import erfcinv from '@stdlib/math-base-special-erfcinv';
import { InputError, nearest } from '../../core/errors.js';
import type { Stream } from '../../core/rng.js';
import { integrate } from '../probability/quadrature.js';

/** What a width bound needs of the distribution of one random weight. */
export interface WeightLaw {
  /** As {@link parseDistribution} reads it, e.g. `uniform:1`. */
  readonly name: string;
  /** P(X in the window), from the CDF, without cancellation for narrow windows. */
  mass(center: number, halfWidth: number): number;
  /** The greatest d with P(X in B) >= d |B| for all B in [-halfWidth, halfWidth]; 0 if there is none. */
  leastDensity(halfWidth: number): number;
  /** Sizes at which its shape shows, each positive: its deviation, or the ends of its pieces. */
  readonly scales: readonly number[];
  /** a, if it is U[-a, a]. */
  readonly uniform?: number;
}

/**
 * A distribution of one random weight, D_param of the paper: what the searches and the exact formulas need of it.
 * Windows are closed intervals `[center - halfWidth, center + halfWidth]`.
 */
export interface WeightDistribution extends WeightLaw {
  /** The quantile function on [0, 1): a uniform number becomes one draw. */
  quantile(x: number): number;
  /** One draw given that it lies in the window; the window must have positive mass. */
  sampleWithin(center: number, halfWidth: number, stream: Stream): number;
}

/** U[-a, a]; a = 1 is the paper's (Section 4.1). */
export function uniform(a: number): WeightDistribution {
  requireScale('uniform', a);
  // Distances to the ends, not the ends themselves, so that a width of 1e-15 keeps its digits.
  const below = (c: number, h: number) => Math.min(h, c + a);
  const above = (c: number, h: number) => Math.min(h, a - c);
  return {
    name: `uniform:${a}`,
    mass: (c, h) => Math.max(0, below(c, h) + above(c, h)) / (2 * a),
    leastDensity: (h) => (h <= a ? 1 / (2 * a) : 0),
    scales: [a],
    uniform: a,
    quantile: (x) => a * (2 * x - 1),
    sampleWithin(c, h, stream) {
      const low = below(c, h);
      return c - low + (low + above(c, h)) * stream.uniform();
    },
  };
}

/** N(0, sigma^2). */
export function normal(sigma: number): WeightDistribution {
  requireScale('normal', sigma);
  const density = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  // x stands for the middle of its step of 2^-53, x + 2^-54, so that neither end becomes infinite; 1-x is exact above 1/2.
  const quantile = (x: number) =>
    x < 0.5 ? -Math.SQRT2 * erfcinv(2 * (x + 2 ** -54)) : Math.SQRT2 * erfcinv(2 * (1 - x - 2 ** -54));
  return {
    name: `normal:${sigma}`,
    // A difference of two CDF values cancels; Gauss-Legendre panels add positive terms only.
    mass: (c, h) => Math.min(1, normalMass(density, c / sigma, h / sigma)),
    leastDensity: (h) => density(h / sigma) / sigma,
    scales: [sigma],
    quantile: (x) => sigma * quantile(x),
    sampleWithin(c, h, stream) {
      const low = (c - h) / sigma;
      const high = (c + h) / sigma;
      if (high - low > 2) {
        for (;;) {
          const z = quantile(stream.uniform());
          if (z >= low && z <= high) return sigma * z;
        }
      }
      const mode = Math.max(low, Math.min(high, 0));
      for (;;) {
        const z = low + (high - low) * stream.uniform();
        if (stream.uniform() * density(mode) <= density(z)) return sigma * z;
      }
    },
  };
}

/** P(X = a) = P(X = -a) = 1/2: signed constants (SC), the paper's Limitation 2. */
export function twoValued(a: number): WeightDistribution {
  requireScale('two-valued', a);
  const holds = (value: number, c: number, h: number) => Math.abs(value - c) <= h;
  return {
    name: `two-valued:${a}`,
    mass: (c, h) => (Number(holds(a, c, h)) + Number(holds(-a, c, h))) / 2,
    leastDensity: () => 0,
    scales: [a],
    quantile: (x) => (x < 0.5 ? -a : a),
    sampleWithin(c, h, stream) {
      if (holds(a, c, h) && holds(-a, c, h)) return stream.uint32() & 1 ? a : -a;
      return holds(a, c, h) ? a : -a;
    },
  };
}

/** Kaiming uniform U[-sqrt(6/fanIn), sqrt(6/fanIn)] (paper, Section 5). */
export const kaimingUniform = (fanIn: number): WeightDistribution => uniform(Math.sqrt(6 / fanIn));

/** Signed Kaiming constant +-sqrt(2/fanIn) (paper, Section 5). */
export const signedConstant = (fanIn: number): WeightDistribution => twoValued(Math.sqrt(2 / fanIn));

const families: Readonly<Record<string, (parameter: number) => WeightDistribution>> = {
  uniform,
  normal,
  'two-valued': twoValued,
  ku: kaimingUniform,
  sc: signedConstant,
};

/**
 * Reads `uniform:A`, `normal:SIGMA`, `two-valued:A`, `ku:FAN_IN` or `sc:FAN_IN`.
 *
 * @throws InputError if the family is unknown or the parameter is not a positive number
 */
export function parseDistribution(text: string): WeightDistribution {
  const [family = '', parameter = '', ...more] = text.split(':');
  const make = Object.hasOwn(families, family) ? families[family] : undefined;
  const near = make === undefined ? nearest(family, Object.keys(families)) : undefined;
  if (make === undefined || !/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(parameter) || more.length > 0)
    throw new InputError(
      `distribution '${text}'`,
      `must be FAMILY:PARAMETER with FAMILY one of ${Object.keys(families).join(', ')} and a positive number`,
      near === undefined ? "pass the paper's as uniform:1" : `did you mean '${near}'`,
    );
  requireScale(family, Number(parameter));
  return make(Number(parameter));
}

function requireScale(family: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new InputError(
      `${family}:${value}`,
      'the parameter must be a positive number',
      `pass e.g. ${family}:1`,
    );
}

/**
 * The standard normal mass of [center - halfWidth, center + halfWidth], cut at +-39, by panels of width at most 1/2 and
 * narrow enough in the tails that the density varies at most by e^2 within one.
 */
function normalMass(density: (z: number) => number, center: number, halfWidth: number): number {
  const panels = (half: number, far: number) => Math.ceil(half * Math.max(4, far));
  if (center - halfWidth >= -39 && center + halfWidth <= 39)
    return integrate(density, center, halfWidth, panels(halfWidth, Math.abs(center) + halfWidth));
  const low = Math.max(center - halfWidth, -39);
  const high = Math.min(center + halfWidth, 39);
  return high > low
    ? integrate(density, (low + high) / 2, (high - low) / 2, panels((high - low) / 2, 39))
    : 0;
}
