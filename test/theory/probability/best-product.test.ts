import { expect, it } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { bestProduct } from '../../../src/theory/probability/best-product.js';
import { twoNeuronExistence } from '../../../src/theory/probability/two-neuron-existence.js';
import { binomialPValue, FALSE_ALARM } from '../statistics.js';

it('R = 1: (t + c log c)/4 with c = 1 - t, near t^2/8 for small t', () => {
  for (const t of [0.9, 0.3, 0.01]) {
    const c = 1 - t;
    expect(bestProduct(t, 1) / ((t + c * Math.log(c)) / 4)).toBeCloseTo(1, 10);
  }
  for (const t of [1e-4, 1e-9, 1e-15]) expect(bestProduct(t, 1) / ((t * t) / 8)).toBeCloseTo(1, 4);
});

it('agrees with drawn samples', () => {
  const random = stream(1, 'best product');
  for (const [t, R] of [
    [0.5, 2],
    [0.3, 4],
    [0.1, 20],
  ] as const) {
    let hits = 0;
    const samples = new Float64Array(2 * R);
    for (let trial = 0; trial < 20_000; trial++) {
      random.fill(samples);
      const u = Math.max(...samples.subarray(0, R));
      const v = Math.max(...samples.subarray(R));
      if (2 * u - 1 > 0 && (2 * u - 1) * (2 * v - 1) >= 1 - t) hits++;
    }
    expect(binomialPValue(hits, 20_000, bestProduct(t, R))).toBeGreaterThan(FALSE_ALARM);
  }
});

it('bounds the existence probability of two neurons, which needs one on each side', () => {
  for (const [epsilon, R] of [
    [0.1, 111],
    [0.3, 20],
    [0.01, 3000],
  ] as const) {
    const p = bestProduct(epsilon, R);
    const { failure } = twoNeuronExistence(epsilon, R);
    expect(failure).toBeGreaterThan((1 - p) ** 2);
    expect(failure).toBeLessThan(1);
  }
});
