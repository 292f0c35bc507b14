import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const binomialCdf =
  require('@stdlib/stats-base-dists-binomial-cdf') as typeof import('@stdlib/stats-base-dists-binomial-cdf');
const chisquareCdf =
  require('@stdlib/stats-base-dists-chisquare-cdf') as typeof import('@stdlib/stats-base-dists-chisquare-cdf');
const gammaQ =
  require('@stdlib/math-base-special-gammainc') as typeof import('@stdlib/math-base-special-gammainc');

/**
 * The chance of a false alarm of one statistical test. The suite of the theory makes fewer than 1000 of them, so that
 * a correct program fails any with probability below 1e-9 in all (for a seed drawn at random; ours are fixed).
 */
export const FALSE_ALARM = 1e-12;

/** Two-sided p-value of `count` successes in `trials` at success probability p, doubled from the smaller tail. */
export function binomialPValue(count: number, trials: number, p: number): number {
  if (p <= 0) return count === 0 ? 1 : 0;
  if (p >= 1) return count === trials ? 1 : 0;
  const below = binomialCdf(count, trials, p);
  // The upper tail of count is the lower tail of the failures: 1 - cdf would lose its digits.
  const above = binomialCdf(trials - count, trials, 1 - p);
  return Math.min(1, 2 * Math.min(below, above));
}

/** Upper tail of chi-square: regularised incomplete gamma, which keeps its digits where 1 - cdf has none. */
export function chiSquarePValue(statistic: number, degrees: number): number {
  return statistic <= 0 ? 1 : gammaQ(statistic / 2, degrees / 2, true, true);
}

/** Pearson's test of counts against probabilities; cells are pooled from both ends until each expects at least 10. */
export function pearsonPValue(counts: readonly number[], probabilities: readonly number[]): number {
  const total = counts.reduce((a, b) => a + b, 0);
  const cells: { count: number; expected: number }[] = [];
  let open = { count: 0, expected: 0 };
  counts.forEach((count, i) => {
    open = { count: open.count + count, expected: open.expected + total * probabilities[i]! };
    if (open.expected >= 10) {
      cells.push(open);
      open = { count: 0, expected: 0 };
    }
  });
  const last = cells.at(-1)!;
  last.count += open.count;
  last.expected += open.expected;
  const statistic = cells.reduce((sum, { count, expected }) => sum + (count - expected) ** 2 / expected, 0);
  return chiSquarePValue(statistic, cells.length - 1);
}

/**
 * Upper bound of the p-value of a one-sample Kolmogorov-Smirnov test (Dvoretzky, Kiefer, Wolfowitz; Massart's constant):
 * 2 exp(-2 n D^2). Not asymptotic.
 */
export function kolmogorovPValue(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    distance = Math.max(distance, Math.abs(cdf(x) - i / n), Math.abs((i + 1) / n - cdf(x)));
  });
  return Math.min(1, 2 * Math.exp(-2 * n * distance * distance));
}

/** The same for two samples: each is off its law's CDF by half the distance at least once. */
export function twoSamplePValue(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)];
  let distance = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    const at = Math.min(x[i]!, y[j]!);
    while (i < x.length && x[i]! <= at) i++;
    while (j < y.length && y[j]! <= at) j++;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  // If both samples are within D/2 of one CDF they are within D of each other.
  const tail = (n: number) => 2 * Math.exp((-n * distance * distance) / 2);
  return Math.min(1, tail(x.length) + tail(y.length));
}

export { binomialCdf, chisquareCdf };
