import { expect, test } from 'vitest';
import {
  leastNeuronsOfValues,
  twoValuedErrorFloor,
  twoValuedSlope,
} from '../../../src/theory/probability/finite-values.js';

test('F1: all signs of two-valued weights, counted one by one', () => {
  for (const [n, R] of [
    [1, 1],
    [3, 1],
    [2, 2],
  ] as const)
    for (let k = 0; k <= n; k++) {
      const bits = 2 * n * R;
      let failures = 0;
      for (let signs = 0; signs < 2 ** bits; signs++) {
        // Slopes of one half-line: a neuron gives 0, and +1 or -1 where it has a positive u and a v of that sign.
        let slopes = new Set([0]);
        for (let i = 0; i < n; i++) {
          const part = (signs >> (2 * R * i)) & (2 ** (2 * R) - 1);
          const [us, vs] = [part & (2 ** R - 1), part >> R];
          const steps = [0, ...(us > 0 && vs > 0 ? [1] : []), ...(us > 0 && vs < 2 ** R - 1 ? [-1] : [])];
          slopes = new Set([...slopes].flatMap((s) => steps.map((step) => s + step)));
        }
        if (!slopes.has(k)) failures++;
      }
      const { failure, success } = twoValuedSlope(k, n, R);
      expect(failure).toBeCloseTo(failures / 2 ** bits, 12);
      expect(failure + success).toBeCloseTo(1, 12);
    }
});

test('F1: re-sampling gains a factor of at most 4, and the error has a floor', () => {
  // At k alpha^2 = 1 with alpha^2 = 0.02: 50 neurons are needed for every R, and about 200 are enough at R = 1.
  expect(twoValuedSlope(50, 49, 1e9).success).toBe(0);
  expect(twoValuedSlope(50, 50, 1e9).failure).toBeLessThan(1e-12);
  expect(twoValuedSlope(50, 300, 1).failure).toBeLessThan(1e-3);
  expect(twoValuedErrorFloor(0.2)).toBeCloseTo(0.02, 15);
});

test('F2: C(n+K, K) >= 1/t, and no less', () => {
  const choose = (n: number, k: number) => {
    let value = 1;
    for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
    return value;
  };
  for (const K of [1, 2, 4])
    for (const t of [0.5, 0.1, 1e-3]) {
      const n = leastNeuronsOfValues(t, K);
      expect(choose(n + K, K)).toBeGreaterThanOrEqual((1 / t) * (1 - 1e-9));
      if (n > 0) expect(choose(n - 1 + K, K)).toBeLessThan(1 / t);
    }
});
