import { expect, test } from 'vitest';
import { meanEstimate } from '../../src/core/mean.js';

test('mean, deviation and Student interval', () => {
  // R: t.test(c(1, 2, 4))$conf.int gives [-1.461166, 6.127833]; t quantile 0.975 with 2 degrees 4.302652729911275
  const { mean, deviation, interval } = meanEstimate([1, 2, 4], 0.05);
  expect(mean).toBeCloseTo(7 / 3, 12);
  expect(deviation).toBeCloseTo(Math.sqrt(7 / 3), 12);
  const half = (4.302652729911275 * Math.sqrt(7 / 3)) / Math.sqrt(3);
  expect(interval.low).toBeCloseTo(7 / 3 - half, 9);
  expect(interval.high).toBeCloseTo(7 / 3 + half, 9);
});

test('one value tells nothing of the spread; none is an error', () => {
  expect(meanEstimate([3], 0.05)).toEqual({
    mean: 3,
    deviation: Number.NaN,
    interval: { low: -Infinity, high: Infinity },
  });
  expect(() => meanEstimate([], 0.05)).toThrow(RangeError);
});
