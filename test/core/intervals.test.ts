import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clopperPearson } from '../../src/core/intervals.js';
import { binomialLogMass } from '../../src/theory/probability/binomial.js';

test('closed forms at the ends: 1-(alpha/2)^(1/n) and (alpha/2)^(1/n)', () => {
  for (const n of [1, 7, 100, 20_000])
    for (const alpha of [0.05, 1e-6]) {
      const root = (alpha / 2) ** (1 / n);
      expect(clopperPearson(0, n, alpha).low).toBe(0);
      expect(clopperPearson(0, n, alpha).high).toBeCloseTo(1 - root, 10);
      expect(clopperPearson(n, n, alpha).low).toBeCloseTo(root, 10);
      expect(clopperPearson(n, n, alpha).high).toBe(1);
    }
});

test('each end leaves a binomial tail of exactly alpha/2', () => {
  const tail = (n: number, from: number, to: number, p: number) => {
    let sum = 0;
    for (let k = from; k <= to; k++) sum += Math.exp(binomialLogMass(k, n, p));
    return sum;
  };
  fc.assert(
    fc.property(
      fc
        .integer({ min: 2, max: 300 })
        .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n - 1 }))),
      fc.constantFrom(0.1, 0.01, 1e-5),
      ([n, s], alpha) => {
        const { low, high } = clopperPearson(s, n, alpha);
        expect(tail(n, s, n, low) / (alpha / 2)).toBeCloseTo(1, 6);
        expect(tail(n, 0, s, high) / (alpha / 2)).toBeCloseTo(1, 6);
      },
    ),
  );
});

test('more successes than trials, no trials, a level outside (0, 1) are refused', () => {
  expect(() => clopperPearson(3, 2, 0.1)).toThrow(/successes 3/);
  expect(() => clopperPearson(0, 0, 0.1)).toThrow(/trials 0/);
  expect(() => clopperPearson(1, 2, 1)).toThrow(/alpha 1/);
});
