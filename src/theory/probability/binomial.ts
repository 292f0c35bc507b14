import beta from '@stdlib/random-base-beta';
import type { Stream } from '../../core/rng.js';

/** One value of a binomial law with its probability, or with the mass of the values it stands for. */
export interface BinomialPoint {
  readonly k: number;
  readonly mass: number;
}

/**
 * Points and masses that integrate a smooth function against Bin(n, p): every value within 40 standard deviations
 * while there are few, else every h-th (h = sd/8), each carrying h times its probability: by Poisson's summation
 * formula the step costs less than 1e-100 where the function varies on the scale of the mean.
 *
 * @param n number of trials, up to 1e18
 * @param p success probability in [0, 1]
 * @param q 1-p, to be given where p is so close to 1 that the difference has lost its digits
 */
export function binomialPoints(n: number, p: number, q = 1 - p): BinomialPoint[] {
  if (p <= 0 || n === 0) return [{ k: 0, mass: 1 }];
  if (q <= 0) return [{ k: n, mass: 1 }];
  const mean = n * p;
  const sd = Math.sqrt(mean * q);
  // A function falling like c^k moves the weight down by up to sqrt(mean), however narrow the law is, while its
  // integral is a double at all; with a larger mean it cannot leave 40 standard deviations.
  const low = Math.max(0, Math.floor(mean - 40 * (mean < 1e4 ? Math.sqrt(mean) : sd) - 2));
  const high = Math.min(n, Math.ceil(mean + 40 * sd + 200));
  // Above 2^53 not every integer is a double; a step is a multiple of their spacing.
  const spacing = Math.max(1, 2 ** (Math.floor(Math.log2(high)) - 52));
  const step = sd <= 60 ? 1 : Math.floor(sd / 8 / spacing) * spacing;
  // A spread below the spacing is below 1e-13 of the mean: one point.
  if (step < spacing) return [{ k: Math.round(mean), mass: 1 }];
  const points: BinomialPoint[] = [];
  let total = 0;
  for (let k = low; k <= high; k += step) {
    const mass = step * Math.exp(binomialLogMass(k, n, p, q));
    if (mass > 0) points.push({ k, mass });
    total += mass;
  }
  // The masses sum to 1 but for rounding in n*p, which normalising takes out.
  return points.map(({ k, mass }) => ({ k, mass: mass / total }));
}

/**
 * log P(Bin(n, p) = k) by Loader's saddle-point expansion (C. Loader, Fast and accurate computation of binomial
 * probabilities, 2000), accurate to a few units in the last place for n up to 1e18. `q` is 1-p, as in {@link binomialPoints}.
 */
export function binomialLogMass(k: number, n: number, p: number, q = 1 - p): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  if (k === 0) return n * logOf(q, p);
  if (k === n) return n * logOf(p, q);
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * q);
  return exponent + 0.5 * (Math.log(n / (n - k)) - Math.log(2 * Math.PI * k));
}

/** log(x) for x + rest = 1, accurate near x = 1 too. */
const logOf = (x: number, rest: number) => (x < 0.5 ? Math.log(x) : Math.log1p(-rest));

/** log(n!) minus Stirling's approximation of it. */
function stirlingError(n: number): number {
  if (n <= 15) {
    let logFactorial = 0;
    for (let i = 2; i <= n; i++) logFactorial += Math.log(i);
    return logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  }
  const nn = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / nn) / nn) / nn) / nn) / n;
}

/** x log(x/m) + m - x, without cancellation near x = m. */
function deviance(x: number, m: number): number {
  const v = (x - m) / (x + m);
  if (Math.abs(v) >= 0.1) return x * Math.log(x / m) + m - x;
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/**
 * A sampler of Bin(n, p) for n up to 1e18: the range is halved by Beta order statistics (Relles 1972) until few
 * successes are left, which are counted by geometric gaps. Exact but for the 53 bits of a double.
 */
export function binomialSampler(stream: Stream): (n: number, p: number) => number {
  let draw: ReturnType<typeof beta.factory> | undefined;
  return function sample(n: number, p: number): number {
    let count = 0;
    let left = n;
    let q = p;
    for (;;) {
      if (left <= 0 || q <= 0) return count;
      if (q >= 1) return count + left;
      if (left * q <= 12) return count + successesByGaps(stream, left, q);
      if (left * (1 - q) <= 12) return count + left - successesByGaps(stream, left, 1 - q);
      // The i-th smallest of `left` uniforms is Beta(i, left - i + 1): below q, i successes are certain.
      const i = Math.floor(left / 2) + 1;
      draw ??= beta.factory({ prng: stream.uniform });
      const cut = draw(i, left - i + 1);
      if (cut <= q) {
        count += i;
        left -= i;
        q = (q - cut) / (1 - cut);
      } else {
        left = i - 1;
        q /= cut;
      }
    }
  };
}

function successesByGaps(stream: Stream, n: number, p: number): number {
  let count = 0;
  for (let at = geometric(stream, p); at <= n; at += geometric(stream, p)) count++;
  return count;
}

/** The number of trials up to and with the first success, for success probability p in (0, 1]; at least 1. */
export function geometric(stream: Stream, p: number): number {
  if (p >= 1) return 1;
  return 1 + Math.floor(Math.log(1 - stream.uniform()) / Math.log1p(-p));
}
