import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanEstimate } from '../../src/core/mean.js';
import { holm, studentTest } from '../../src/core/significance.js';

const pValue = (values: readonly number[]) => studentTest(meanEstimate(values, 0.05), values.length);

test('Student’s p values in closed form', () => {
  // One degree of freedom is Cauchy's law: p = 1 - (2 / pi) atan(t); of 1 and 3, t = 2.
  expect(pValue([1, 3])).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(2), 12);
  // Two degrees: p = 1 - t / sqrt(2 + t^2); of 1, 2 and 4, t = (7/3) / sqrt(7/9).
  const t = 7 / 3 / Math.sqrt(7 / 9);
  expect(pValue([1, 2, 4])).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
  expect(pValue([-1, -2, -4])).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 12);
});

test('one value decides nothing; values without spread decide all', () => {
  expect(pValue([5])).toBe(1);
  expect(pValue([0, 0, 0])).toBe(1);
  expect(pValue([2, 2])).toBe(0);
});

test('p is below alpha where the interval leaves 0 out', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 80 }), { minLength: 2, maxLength: 9 }), (values) => {
      const { interval } = meanEstimate(values, 0.05);
      const { low, high } = interval;
      fc.pre(Math.abs(low) > 1e-9 && Math.abs(high) > 1e-9 && low < high);
      expect(pValue(values) < 0.05).toBe(low > 0 || high < 0);
    }),
    { seed: 1 },
  );
});

test('Holm’s adjusted values by hand', () => {
  // By Holm's steps: 4 x 0.005, 3 x 0.01, then 2 x 0.03 and 0.04, which may not be below it.
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [i, value] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(value, 12);
  expect(holm([])).toEqual([]);
  expect(holm([0.7, 0.9])).toEqual([1, 1]);
});

test('Holm’s values keep the order, are no smaller than the given, and no larger than Bonferroni’s', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (values) => {
      const adjusted = holm(values);
      for (const [i, p] of values.entries()) {
        expect(adjusted[i]!).toBeGreaterThanOrEqual(p);
        expect(adjusted[i]!).toBeLessThanOrEqual(Math.min(1, values.length * p));
        for (const [j, q] of values.entries())
          if (p < q) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
      }
    }),
    { seed: 1 },
  );
});
