import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { singleWeightTarget } from '../../../src/theory/problem/target.js';
import {
  type Construction,
  constructionFor,
  exactProbability,
} from '../../../src/theory/search/construction.js';
import {
  constructionSuccessRate,
  decide,
  leastNeurons,
  leastNeuronsSimulated,
} from '../../../src/theory/simulate/montecarlo.js';
import { trialRanges } from '../../../src/theory/simulate/trials.js';

const at =
  (t: number, R: number) =>
  (n: number): Construction => {
    const problem = { widths: [1, 1], epsilon: 1, delta: 0.1, resamplings: R };
    return constructionFor(problem, boundByName('paper'), uniform(1), { hidden: [2 * n], tolerance: t });
  };

test('decide: the whole interval on one side, or undecided', () => {
  expect(decide({ low: 0.9, high: 1 }, 0.9)).toBe('consistent');
  expect(decide({ low: 0.8, high: 0.95 }, 0.9)).toBe('undecided');
  expect(decide({ low: 0.8, high: 0.9 }, 0.9)).toBe('undecided');
  expect(decide({ low: 0.8, high: 0.89 }, 0.9)).toBe('violated');
});

test('leastNeurons is what a linear scan finds', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 12 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.constantFrom(0.5, 0.1, 0.01),
      (t, R, w, delta) => {
        const target = singleWeightTarget(w);
        const enough = (n: number) => exactProbability(at(t, R)(n), target).failure <= delta;
        let scan = 1;
        while (scan <= 200 && !enough(scan)) scan++;
        expect(leastNeurons(at(t, R), target, delta, 200)).toBe(scan <= 200 ? scan : undefined);
      },
    ),
  );
});

test('leastNeuronsSimulated brackets the exact least', async () => {
  for (const [t, R, w, delta] of [
    [0.5, 4, 1, 0.1],
    [0.8, 2, 0.3, 0.2],
  ] as const) {
    const target = singleWeightTarget(w);
    const exact = leastNeurons(at(t, R), target, delta, 4000)!;
    // Two brackets at 1e-12 each.
    const options = { most: 4000, largestBatch: 2000, seed: 5, alpha: 1e-12 };
    const bracket = await leastNeuronsSimulated(at(t, R), target, 'outcome', delta, options);
    expect(bracket!.low).toBeLessThanOrEqual(exact);
    expect(bracket!.high).toBeGreaterThanOrEqual(exact);
    expect(bracket!.high).toBeLessThan(3 * exact);
  }
});

test('leastNeuronsSimulated gives nothing where the most is too few', async () => {
  const options = { most: 3, largestBatch: 500, seed: 5, alpha: 1e-6 };
  expect(
    await leastNeuronsSimulated(at(0.1, 1), singleWeightTarget(1), 'outcome', 0.1, options),
  ).toBeUndefined();
});

test('ranges cover all trials once, at most 128 of them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e7 }), fc.constantFrom(1, 1000), (trials, multiple) => {
      const ranges = [...trialRanges(trials, multiple)];
      expect(ranges.length).toBeLessThanOrEqual(128);
      expect(ranges[0]!.from).toBe(0);
      ranges.forEach(({ from, to }, i) => {
        expect(from).toBeLessThan(to);
        expect(to).toBe(ranges[i + 1]?.from ?? trials);
        if (to < trials) expect((to - from) % multiple).toBe(0);
      });
    }),
  );
});

test('bad inputs are refused before any trial', async () => {
  const options = { trials: 10, seed: 1, alpha: 0.01 };
  const run = (more: object) =>
    constructionSuccessRate(at(0.5, 1)(3), singleWeightTarget(1), 'outcome', { ...options, ...more });
  await expect(run({ trials: 0 })).rejects.toThrow(/trials 0/);
  await expect(run({ trials: 1.5 })).rejects.toThrow(/trials 1.5/);
  await expect(run({ alpha: 0 })).rejects.toThrow(/alpha 0/);
  await expect(run({ seed: -1 })).rejects.toThrow(/seed -1/);
  await expect(run({ workers: 0 })).rejects.toThrow(/workers 0/);
});
