import fc from 'fast-check';
import { expect, test } from 'vitest';
import { learningRateAt, type ScheduleSpec } from '../../../src/train/spec/schedule.js';

const specs = fc
  .record({
    middle: fc.integer({ min: 1, max: 200 }),
    warmup: fc.nat(10),
    finalEpochs: fc.nat(10),
    learningRate: fc.double({ min: 1e-3, max: 10, noNaN: true }),
  })
  .map(
    ({ middle, warmup, finalEpochs, learningRate }): ScheduleSpec => ({
      epochs: middle + warmup + finalEpochs,
      warmup,
      finalEpochs,
      learningRate,
      finalRate: 1e-5,
    }),
  );
const ratesOf = (spec: ScheduleSpec) =>
  Array.from({ length: spec.epochs }, (_, e) => learningRateAt(spec, e));

test('the rate rises by equal steps to lr0, then falls to the final rate, and is never 0', () => {
  fc.assert(
    fc.property(specs, (spec) => {
      const rates = ratesOf(spec);
      const { warmup, learningRate, finalEpochs, epochs } = spec;
      for (let e = 0; e < warmup; e++) expect(rates[e]).toBeCloseTo(((e + 1) / warmup) * learningRate, 9);
      expect(rates[warmup]).toBe(learningRate);
      for (let e = warmup + 1; e < epochs - finalEpochs; e++) expect(rates[e]!).toBeLessThan(rates[e - 1]!);
      expect(rates.slice(epochs - finalEpochs).every((r) => r === 1e-5)).toBe(true);
      expect(rates.every((r) => r > 0)).toBe(true);
      // The mean of (1 + cos(pi i / n)) / 2 over i = 0 ... n-1 is (n + 1) / 2n.
      const cosine = rates.slice(warmup, epochs - finalEpochs);
      const n = cosine.length;
      const mean = cosine.reduce((a, b) => a + b, 0) / n;
      expect(mean / learningRate).toBeCloseTo((n + 1) / (2 * n), 9);
    }),
  );
});

test('the CIFAR-10 schedule of the paper: lr = 0.5 (1 + cos(pi e/E)) lr0', () => {
  // torch.optim.lr_scheduler.CosineAnnealingLR(SGD(lr=0.3), T_max=100): epochs 0, 25, 50, 75, 99
  const spec = { epochs: 100, learningRate: 0.3, warmup: 0, finalEpochs: 0, finalRate: 1e-5 };
  const rates = [0, 25, 50, 75, 99].map((e) => learningRateAt(spec, e));
  const expected = [0.3, 0.2560660171779821, 0.15, 0.0439339828220179, 7.402e-5];
  rates.forEach((r, i) => {
    expect(r).toBeCloseTo(expected[i]!, 8);
  });
});

test('an epoch outside the schedule is refused', () => {
  const spec = { epochs: 2, learningRate: 0.3, warmup: 0, finalEpochs: 0, finalRate: 1e-5 };
  for (const e of [-1, 2, 0.5]) expect(() => learningRateAt(spec, e)).toThrow(RangeError);
});
