import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import {
  binomialLogMass,
  binomialPoints,
  binomialSampler,
  geometric,
} from '../../../src/theory/probability/binomial.js';
import { big, bigBinomialLogMass, one, power, relativeError } from '../big.js';
import { binomialPValue, FALSE_ALARM, kolmogorovPValue, pearsonPValue } from '../statistics.js';

describe('binomialLogMass', () => {
  it('has the digits of a 120-digit computation', () => {
    const n = fc.double({ min: 0, max: Math.log(1e18), noNaN: true }).map((x) => Math.round(Math.exp(x)));
    fc.assert(
      fc.property(
        n,
        fc.double({ min: 1e-17, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(300),
        (n, p, k) => {
          if (k > n) return;
          const reference = bigBinomialLogMass(k, n, p).toNumber();
          // Below the least big number.
          if (!Number.isFinite(reference)) return;
          // The logs of n, k and p are rounded before they are added up: what counts is the error of the largest part.
          const size = Math.max(1, Math.abs(reference), k * Math.abs(Math.log(p)));
          expect(Math.abs(binomialLogMass(k, n, p) - reference) / size).toBeLessThan(3e-14);
        },
      ),
    );
  });

  it('is -infinity outside 0 ... n, and takes 1-p where p has no digits left for it', () => {
    expect(binomialLogMass(-1, 5, 0.5)).toBe(Number.NEGATIVE_INFINITY);
    expect(binomialLogMass(6, 5, 0.5)).toBe(Number.NEGATIVE_INFINITY);
    expect(relativeError(binomialLogMass(0, 3, 1, 1e-30), 3 * Math.log(1e-30))).toBeLessThan(1e-15);
    expect(relativeError(binomialLogMass(5, 5, 1, 1e-30), -5e-30)).toBeLessThan(1e-15);
  });
});

describe('binomialPoints', () => {
  const cases = fc.tuple(
    fc.double({ min: 0, max: Math.log(1e18), noNaN: true }).map((x) => Math.round(Math.exp(x))),
    fc.double({ min: -40, max: -1e-9, noNaN: true }).map((x) => Math.exp(x)),
  );

  it('masses sum to 1 and give mean and variance', () => {
    fc.assert(
      fc.property(cases, ([n, p]) => {
        const points = binomialPoints(n, p);
        const mean = points.reduce((sum, { k, mass }) => sum + k * mass, 0);
        const sd = Math.sqrt(n * p * (1 - p));
        expect(Math.abs(points.reduce((sum, { mass }) => sum + mass, 0) - 1)).toBeLessThan(1e-12);
        expect(Math.abs(mean - n * p)).toBeLessThan(1e-9 * sd + 1e-12 * mean + 1e-12);
        if (points.length > 1 && sd > 1e-3 && sd > 1e-12 * mean) {
          const variance = points.reduce((sum, { k, mass }) => sum + (k - n * p) ** 2 * mass, 0);
          expect(Math.abs(variance / sd ** 2 - 1)).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it('integrates s^k to the generating function (1 - p(1-s))^n', () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 1e-4, max: 1, noNaN: true }), ([n, p], share) => {
        // s such that the value lies between e^-100 and 1.
        const s = 1 - Math.min(0.999, (100 * share) / (n * p));
        const sum = binomialPoints(n, p).reduce((sum, { k, mass }) => sum + mass * s ** k, 0);
        const reference = power(one.minus(big(p).times(one.minus(big(s)))), n);
        // s is rounded to 2^-53, and s^k takes that error k times.
        expect(relativeError(sum, reference)).toBeLessThan(1e-11 + 1e-15 * n * p);
      }),
    );
  });

  it('ends at once for any n to 1e18', () => {
    for (const n of [1, 1000, 2 ** 53, 1e17, 1e18])
      for (const miss of [0.5, 1e-3, 1e-9, 1e-13, 1e-15, 2 ** -53])
        for (const p of [miss, 1 - miss]) expect(binomialPoints(n, p).length).toBeLessThan(20_000);
  });
});

describe('binomialSampler', () => {
  // Small cases against the law value by value; Pearson's test, false alarm FALSE_ALARM each (asymptotic).
  it.each([
    [1, 0.3],
    [10, 0.5],
    [40, 0.02],
    [40, 0.98],
    [200, 0.4],
    [200, 0.93],
    [1001, 0.7],
    [5000, 0.02],
  ])('Bin(%i, %d) value by value', (n, p) => {
    const sample = binomialSampler(stream(1, 'binomial test', n, Math.round(1000 * p)));
    const counts = new Array<number>(n + 1).fill(0);
    for (let i = 0; i < 40_000; i++) counts[sample(n, p)]!++;
    const law = counts.map((_, k) => Math.exp(binomialLogMass(k, n, p)));
    expect(pearsonPValue(counts, law)).toBeGreaterThan(FALSE_ALARM);
  });

  // Dvoretzky-Kiefer-Wolfowitz against the normal law: with a deviation of 1e4 or more its own error (Berry-Esseen, below
  // 1e-4) is far under the distance 0.06 that 4000 draws may show at FALSE_ALARM.
  it.each([
    [1e12, 0.37],
    [1e18, 0.5],
    [1e18, 1e-9],
    [1e15, 1 - 1e-5],
  ])('Bin(%d, %d) as a whole', (n, p) => {
    const sample = binomialSampler(stream(2, 'binomial test', n, p));
    const sd = Math.sqrt(n * p * (1 - p));
    const z = Array.from({ length: 4000 }, () => (sample(n, p) - n * p) / sd);
    expect(kolmogorovPValue(z, standardNormalCdf)).toBeGreaterThan(FALSE_ALARM);
  });

  it('stays within 0 ... n, and is certain at p = 0 and 1', () => {
    const sample = binomialSampler(stream(3, 'binomial test'));
    fc.assert(
      fc.property(fc.nat(1e6), fc.double({ min: 0, max: 1, noNaN: true }), (n, p) => {
        const k = sample(n, p);
        expect(Number.isInteger(k) && k >= 0 && k <= n).toBe(true);
      }),
    );
    expect([sample(1e18, 0), sample(1e18, 1), sample(0, 0.5)]).toEqual([0, 1e18, 0]);
  });
});

describe('geometric', () => {
  // Exact binomial tests of P(G <= k) = 1-(1-p)^k; false alarm FALSE_ALARM each.
  it.each([0.9, 0.5, 0.01, 1e-9, 1e-15])('p = %d', (p) => {
    const random = stream(4, 'geometric test', p);
    const draws = Array.from({ length: 20_000 }, () => geometric(random, p));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(1);
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const k = Math.max(1, Math.round(Math.log1p(-share) / Math.log1p(-p)));
      const below = draws.filter((g) => g <= k).length;
      expect(binomialPValue(below, draws.length, -Math.expm1(k * Math.log1p(-p)))).toBeGreaterThan(
        FALSE_ALARM,
      );
    }
    expect(geometric(random, 1)).toBe(1);
  });
});

/** Phi by a series; more than enough digits for a Kolmogorov distance. */
function standardNormalCdf(z: number): number {
  if (Math.abs(z) > 7) return z > 0 ? 1 : 0;
  let [term, sum] = [z, z];
  for (let k = 1; k < 200; k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}
