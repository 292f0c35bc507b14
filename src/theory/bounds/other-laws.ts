import { InputError } from '../../core/errors.js';
import { binomialLogMass } from '../probability/binomial.js';
import { log1mexp, logAdd } from '../probability/log-scale.js';
import type { WeightLaw } from '../problem/distribution.js';
import { type Bound, layerIndices } from './bound.js';
import { closedNeurons, leastNeurons, logGamma, type Rates, uniformRates } from './closed-form.js';
import { entryTolerance, eventCount } from './corrected.js';

/** Theorem 1'' of docs/theory-width.md, section 8: what is used of the laws of u and v. */
export interface LawConstants {
  /** u = b u', v = b' v'. */
  readonly b: number;
  readonly bPrime: number;
  /** u' lies in [a, a/(2a-1)] with probability at least p, and in layer 1 so does -u'. */
  readonly a: number;
  readonly p: number;
  /** v' has at least this density on [-1, 1]. */
  readonly c: number;
}

/** Constants are rounded down by more than the masses lose. */
const DOWN = 1 - 1e-12;
const stretches = Array.from({ length: 21 }, (_, k) => 2 ** ((k - 10) / 4));
const ends = [0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1];

/**
 * Constants that are tried for laws of u and v: scales of theirs, stretched. Each is valid.
 *
 * @param signs 2 where u is needed on both sides (layer 1)
 * @throws InputError if v has no density around 0, or u no mass on a side that is needed
 */
export function lawConstants(u: WeightLaw, v: WeightLaw, signs: 1 | 2): LawConstants[] {
  const stretched = (law: WeightLaw) =>
    [...new Set(law.scales.flatMap((scale) => stretches.map((stretch) => scale * stretch)))].sort(
      (x, y) => x - y,
    );
  const spread = stretched(v)
    .map((bPrime) => ({ bPrime, c: Math.min(0.5, bPrime * v.leastDensity(bPrime) * DOWN) }))
    .filter(({ c }) => c > 0);
  if (spread.length === 0)
    throw new InputError(
      `distribution '${v.name}'`,
      'has no density bounded below around 0, which the theorem asks of v',
      'pass one that has, such as uniform:1 or normal:1',
    );
  const windows = stretched(u).flatMap((b) =>
    ends.map((a) => {
      const far = a / (2 * a - 1);
      const mass = (sign: 1 | -1) => u.mass((sign * b * (a + far)) / 2, (b * (far - a)) / 2);
      return { b, a, p: Math.min(mass(1), signs === 2 ? mass(-1) : 1) * DOWN };
    }),
  );
  const used = windows.filter(({ p }) => p > 0);
  if (used.length === 0)
    throw new InputError(
      `distribution '${u.name}'`,
      `has no mass on ${signs === 2 ? 'both sides' : 'the positive side'} of 0, so one half-line is never served`,
      'pass one that has',
    );
  return used.flatMap(({ b, a, p }) => spread.map(({ bPrime, c }) => ({ b, bPrime, a, p, c })));
}

/** lambda = x + (1-x) gamma(rho), q = x + (1-x) (1-rho/2)^R with rho = c (2 - 1/a), x = (1-p)^R. */
export function lawRates({ a, p, c }: LawConstants, R: number): Rates {
  const rho = c * (2 - 1 / a);
  const logUnused = R * Math.log1p(-p);
  const mixed = (logUsed: number) => {
    const value = logAdd(logUnused, log1mexp(logUnused) + logUsed);
    return Math.min(0, value + 1e-12 * (1 + Math.abs(value)));
  };
  return {
    form: 'window',
    beta: 0.5,
    logLambda: mixed(logGamma(R, rho)),
    logQ: mixed(R * Math.log1p(-rho / 2)),
  };
}

/**
 * The least n for one weight. Slopes scale by b b': with b b' < 1 a weight may be as large as W = 1/(b b') in the new unit, and
 * ceil(2 (W-1)) more successes bring it down to 1.
 *
 * @param rescaled the output may be multiplied by one scalar, so that slopes count up to b b'
 * @returns Infinity where no n up to 2^52 is shown to be enough
 */
export function lawNeurons(
  constants: LawConstants,
  R: number,
  tolerance: number,
  logFailure: number,
  rescaled: boolean,
): number {
  const unit = rescaled ? 1 : constants.b * constants.bPrime;
  const t = Math.min((tolerance / unit) * DOWN, 1 / 3);
  const rates = lawRates(constants, R);
  if (unit >= 1) return leastNeurons(rates, t, logFailure);
  const { logLambda, logQ } = rates;
  if (logLambda > -1e-12 || logQ > -1e-12) return Number.POSITIVE_INFINITY;
  const half = logFailure - Math.LN2 - 1e-11 * (1 + Math.abs(logFailure));
  const grow = Math.max(0, Math.ceil((Math.log(1 / t - 1) - half) / -logLambda));
  const failures = Math.ceil((2 / unit - 2) * (1 + 1e-12));
  const enough = (n: number) => logAtMost(failures, n, logQ) <= half;
  let low = failures;
  let high = failures + 1;
  while (high <= Number.MAX_SAFE_INTEGER && !enough(high)) high *= 2;
  // Beyond, integers are no longer told apart.
  if (!(grow + high <= Number.MAX_SAFE_INTEGER)) return Number.POSITIVE_INFINITY;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return grow + high;
}

/** log P(Bin(n, 1-q) <= k), from above. */
function logAtMost(k: number, n: number, logQ: number): number {
  const q = Math.exp(logQ);
  const p = -Math.expm1(logQ);
  if (q === 0) return k >= n ? 0 : Number.NEGATIVE_INFINITY;
  // Below the mean the masses fall at least geometrically to the left.
  const fall = (k * q) / ((n - k + 1) * p);
  return fall < 1 ? Math.min(0, binomialLogMass(k, n, p, q) - Math.log1p(-fall)) : 0;
}

/**
 * Theorem 2 for D_param of another law, by Theorem 1''. U[-a, a] with a >= 1, or rescaled, has the rates of U[-1,1].
 *
 * @param rescaled the network's output may be multiplied by one scalar (1/(b b') for each layer of the target)
 */
export function resampledFor(law: WeightLaw, { rescaled }: { readonly rescaled: boolean }): Bound {
  return {
    name: 'resampled',
    source: `docs/theory-width.md, section 8, for ${law.name}${rescaled ? ' after rescaling the output' : ''}`,
    law: law.name,
    sums: true,
    layers(problem) {
      const { widths, delta, resamplings: R } = problem;
      const logFailure = Math.log(delta) - Math.log(eventCount(widths));
      return layerIndices(widths).map((i) => {
        const signs = i === 1 ? 2 : 1;
        const tolerance = entryTolerance(problem, i);
        const best = lawLeast(law, signs, R, tolerance, logFailure, rescaled);
        return { width: signs * widths[i - 1]! * best.neurons, signs, tolerance, ...best };
      });
    },
  };
}

/**
 * The least n of Theorem 1'' for one weight over the constants that are tried, and what gave it.
 *
 * @throws InputError if the law has no density or mass where the theorem needs it
 */
export function lawLeast(
  law: WeightLaw,
  signs: 1 | 2,
  R: number,
  tolerance: number,
  logFailure: number,
  rescaled: boolean,
): { neurons: number; by: string } {
  if (law.uniform !== undefined && (rescaled || law.uniform >= 1)) {
    const t = Math.min(rescaled ? tolerance : tolerance / law.uniform ** 2, 1 / 3) * DOWN;
    const { neurons, rates } = closedNeurons(uniformRates(R), t, logFailure);
    return { neurons, by: `closed form, beta ${rates.beta}` };
  }
  let best: { neurons: number; constants?: LawConstants } = { neurons: Number.POSITIVE_INFINITY };
  for (const constants of lawConstants(law, law, signs)) {
    const neurons = lawNeurons(constants, R, tolerance, logFailure, rescaled);
    if (neurons < best.neurons) best = { neurons, constants };
  }
  if (best.constants === undefined)
    throw new InputError(
      `distribution '${law.name}'`,
      `has weights too small, or too little mass where the theorem needs it: no n up to 2^52 is shown to be enough at t = ${tolerance}`,
      rescaled
        ? 'pass one with more'
        : 'pass one with more, or let one scalar multiply the output (--rescaled)',
    );
  const { b, bPrime, a, p, c } = best.constants;
  const digits = (x: number) => Number(x.toPrecision(4));
  return {
    neurons: best.neurons,
    by: `u/${digits(b)} in [${a}, ${digits(a / (2 * a - 1))}] with probability ${digits(p)}, v/${digits(bPrime)} of density ${digits(c)} on [-1, 1]`,
  };
}
