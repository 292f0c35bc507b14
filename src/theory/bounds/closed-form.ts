import { inverseMoments } from '../probability/inverse-moment.js';
import { logExpectation } from '../probability/largest-uniform.js';
import { log1mexp, logAdd } from '../probability/log-scale.js';

/**
 * What the closed form says of n neurons for one weight: P(fail) <= f_n with f_0 = 1, f_(k+1) = q f_k + (1-q) min(1, factor lambda^k)
 * (docs/theory-width.md, section 3).
 */
export interface Rates {
  /** `level`: Theorem 1 at level beta; `moment`: its moment theta at level beta; `window`: other distributions. */
  readonly form: 'level' | 'moment' | 'window';
  readonly beta: number;
  readonly theta?: number;
  /** log lambda and log q, from above. */
  readonly logLambda: number;
  readonly logQ: number;
}

/** Levels beta that are tried; every one of them is valid. */
const levels = Array.from({ length: 18 }, (_, k) => (k + 1) / 20);
const momentLevels = new Set([0.05, 0.1, 0.2, 0.3, 0.4, 0.5]);

/** The rates of the last few R: a problem's layers, and a grid of problems, ask for the same ones again. */
const known = new Map<number, readonly Rates[]>();
const MOST_KNOWN = 16;

/** The rates for U[-1,1] and R samples, u being the largest of its R. They are the same for every tolerance and failure probability. */
export function uniformRates(R: number): readonly Rates[] {
  const before = known.get(R);
  if (before !== undefined) return before;
  if (known.size === MOST_KNOWN) known.clear();
  const moments = inverseMoments(R);
  const thetas: number[] = [];
  for (let theta = 0.5; theta <= R / 4 + 4; theta *= theta < 16 ? Math.SQRT2 : 2) thetas.push(theta);
  const powers = thetas.map((theta) => ({ theta, logMoment: moments(theta) }));
  const rates = levels.flatMap((beta) => {
    const logQ = logExpectation(R, 1 - beta, (u) => R * Math.log(0.5 + (1 - beta) / (2 * u)));
    const found: Rates[] = [
      {
        form: 'level',
        beta,
        logLambda: logExpectation(R, beta, (u) => logGamma(R, Math.min(0.5, 1 - beta / u))),
        logQ,
      },
    ];
    if (momentLevels.has(beta))
      for (const { theta, logMoment } of powers) {
        const logLambda = logExpectation(R, beta, (u) => logMoment((1 - beta / u) / 2));
        found.push({ form: 'moment', beta, theta, logLambda, logQ });
      }
    return found;
  });
  known.set(R, rates);
  return rates;
}

/** log E 1/(1 + Bin(R, r)) = log (1 - (1-r)^(R+1))/((R+1) r). */
export function logGamma(R: number, r: number): number {
  return r <= 0 ? 0 : Math.min(0, log1mexp((R + 1) * Math.log1p(-r)) - Math.log((R + 1) * r));
}

/** The least n over the rates, and the rates that give it. @returns n = Infinity if none of them is any use */
export function closedNeurons(
  rates: readonly Rates[],
  tolerance: number,
  logFailure: number,
): { neurons: number; rates: Rates } {
  let best = { neurons: Number.POSITIVE_INFINITY, rates: rates[0]! };
  for (const candidate of rates) {
    const neurons = leastNeurons(candidate, tolerance, logFailure);
    if (neurons < best.neurons) best = { neurons, rates: candidate };
  }
  return best;
}

/** log of the factor before lambda^n: 2 beta/t - 1, or (beta/t)^theta. */
export function logFactor({ form, beta, theta }: Rates, tolerance: number): number {
  return form === 'moment' ? theta! * Math.log(beta / tolerance) : Math.log((2 * beta) / tolerance - 1);
}

/** The least n with f_n <= failure; rounding is upward. */
export function leastNeurons(rates: Rates, tolerance: number, logFailure: number): number {
  const { beta, logLambda, logQ } = rates;
  if (beta <= tolerance || logLambda > -1e-12 || logQ > -1e-12) return Number.POSITIVE_INFINITY;
  const factor = logFactor(rates, tolerance);
  // Until factor lambda^k < 1, f_k stays 1.
  const idle = Math.max(0, Math.ceil(factor / -logLambda));
  const logFirst = Math.min(0, factor + idle * logLambda);
  const allowed = logFailure - 1e-11 * (1 + Math.abs(logFailure));
  const enough = (more: number) => logFailureAfter(logLambda, logQ, logFirst, more) <= allowed;
  let high = 1;
  while (!enough(high)) high *= 2;
  let low = high / 2;
  if (high === 1) return idle + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return idle + high;
}

/** log f after `more` neurons, from f = 1 and the first term e^logFirst: q^m + (1-q) first (lambda^m - q^m)/(lambda - q). */
function logFailureAfter(logLambda: number, logQ: number, logFirst: number, more: number): number {
  const high = Math.max(logLambda, logQ);
  const gap = Math.min(logLambda, logQ) - high;
  // Sum over j of lambda^j q^(m-1-j), as a geometric series from its largest term.
  const series = gap > -1e-15 ? Math.log(more) : log1mexp(more * gap) - log1mexp(gap);
  return logAdd(more * logQ, log1mexp(logQ) + logFirst + (more - 1) * high + series);
}
