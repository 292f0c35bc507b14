import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/core/rng.js';
import { twoValuedSlope } from '../../../../src/theory/probability/finite-values.js';
import { normal, twoValued, uniform } from '../../../../src/theory/problem/distribution.js';
import { strategyByName } from '../../../../src/theory/search/strategies/index.js';
import { blockIn } from '../../../../src/theory/simulate/blocks.js';
import { growthConstants } from '../../../../src/theory/simulate/law/constants.js';
import { slopeOf } from '../../../../src/theory/simulate/law/fits.js';
import { leastOf } from '../../../../src/theory/simulate/law/least.js';
import neuronsUntilServed, {
  sumStrategies,
} from '../../../../src/theory/simulate/law/neurons-until-served.js';
import { widthLaw } from '../../../../src/theory/simulate/law/width-law.js';

const base = { distribution: 'uniform:1', weight: 1, seed: 1, from: 0 };

describe('neuronsUntilServed', () => {
  const tolerances = [0.1, 0.01, 1e-3];
  const cases = [
    { R: 1, weight: 1 },
    { R: 2, weight: -0.4 },
    { R: 5, weight: 0.05 },
    { R: 12, weight: 1 },
  ];

  it.each(cases)(
    'R = $R, w = $weight: the strategy itself serves with that many neurons, and with one fewer does not',
    ({ R, weight }) => {
      const trials = 12;
      for (const strategy of sumStrategies) {
        const part = { ...base, strategy, resamplings: R, weight, tolerances, seed: 3, to: trials };
        const needed = neuronsUntilServed(part);
        for (let trial = 0; trial < trials; trial++) {
          const most = needed[trial * 3 + 2]!;
          const random = stream(3, 'law', R, trial);
          // Drawn neuron by neuron: R of u, R of v; a block has all u first.
          const drawn = Array.from({ length: most }, () => {
            const own = new Float64Array(2 * R);
            random.fill(own);
            return own.map((x) => 2 * x - 1);
          });
          const servedBy = (n: number, t: number) => {
            const own = drawn.slice(0, n);
            const samples = Float64Array.from([
              ...own.flatMap((s) => [...s.subarray(0, R)]),
              ...own.flatMap((s) => [...s.subarray(R)]),
            ]);
            const block = blockIn(samples, 1, n, R);
            return strategyByName(strategy).searchBlock(block, Float64Array.of(weight), t).unserved === 0;
          };
          tolerances.forEach((t, k) => {
            const n = needed[trial * 3 + k]!;
            expect(servedBy(n, t)).toBe(true);
            if (n > 0) expect(servedBy(n - 1, t)).toBe(false);
          });
        }
      }
    },
  );

  it('never needs more neurons for a larger tolerance or a stronger strategy, trial by trial', () => {
    for (const R of [1, 3, 10]) {
      const of = (strategy: (typeof sumStrategies)[number]) =>
        neuronsUntilServed({ ...base, strategy, resamplings: R, tolerances, to: 60 });
      const [first, fixed, all] = sumStrategies.map(of) as [Int32Array, Int32Array, Int32Array];
      for (let i = 0; i < all.length; i++) {
        expect(all[i]!).toBeLessThanOrEqual(fixed[i]!);
        expect(all[i]!).toBeLessThanOrEqual(first[i]!);
        if (i % 3 > 0) expect(all[i]!).toBeGreaterThanOrEqual(all[i - 1]!);
      }
    }
  });

  it('a group too large to be added is gone through, with the same result', () => {
    // Two neurons of 70 samples have 2,000 products each; a third would make 2^22 sums.
    const part = { ...base, resamplings: 70, tolerances: [1e-7], to: 4 };
    const needed = neuronsUntilServed({ ...part, strategy: 'subset-sum' });
    const loose = neuronsUntilServed({ ...part, strategy: 'subset-sum', tolerances: [1e-4] });
    needed.forEach((n, trial) => {
      expect(n).toBeGreaterThanOrEqual(loose[trial]!);
      expect(n).toBeLessThanOrEqual(4);
    });
    expect(Math.max(...needed)).toBeGreaterThan(2);
  });
});

describe('leastOf', () => {
  it('is the quantile of the trials, and the interval is where Clopper-Pearson decides', () => {
    // 100 trials: 5 need 3 neurons, 90 need 4, 5 need 9.
    const neurons = [...Array(5).fill(3), ...Array(90).fill(4), ...Array(5).fill(9)];
    const { least, interval, mean, most } = leastOf(neurons, 0.1, 0.05);
    expect({ least, mean, most }).toEqual({ least: 4, mean: 4.2, most: 9 });
    // 95 failures of 100 at n = 3 rule it out; 5 of 100 at n = 4 leave 0.1 open: the interval is [0.016, 0.113].
    expect(interval).toEqual({ low: 4, high: 9 });
    expect(leastOf(neurons, 0.1, 0.2).interval).toEqual({ low: 4, high: 4 });
  });

  it('with too few trials has no upper end', () => {
    expect(leastOf([2, 2, 2], 0.1, 0.05)).toMatchObject({ least: 2, interval: { low: 2, high: Infinity } });
  });

  it('covers the truth as often as it says: geometric law, 400 samples of 200', () => {
    const random = stream(1, 'least coverage');
    let missed = 0;
    // P(M > n) = 0.7^n <= 0.1 from n = 7 on.
    for (let sample = 0; sample < 400; sample++) {
      const neurons = Array.from(
        { length: 200 },
        () => 1 + Math.floor(Math.log(random.uniform()) / Math.log(0.7)),
      );
      const { low, high } = leastOf(neurons, 0.1, 0.05).interval;
      if (low > 7 || high < 7) missed++;
    }
    // At most 5 %: 60 of 400 would have probability below 1e-13.
    expect(missed).toBeLessThan(60);
  });
});

describe('slopeOf', () => {
  it('is exact on a line, with the errors’ interval', () => {
    const points = [0, 1, 2, 5].map((x) => ({ x, y: 3 - 2 * x, error: 0.1 }));
    const { slope, interval, misfit } = slopeOf(points, 2);
    expect(slope).toBeCloseTo(-2, 12);
    expect(misfit).toBeCloseTo(0, 12);
    // Sum of (x - 2)^2 is 14.
    expect(interval!.high - slope).toBeCloseTo((2 * 0.1) / Math.sqrt(14), 12);
    expect(
      slopeOf(
        points.map((p) => ({ ...p, error: 0 })),
        2,
      ),
    ).toEqual({ slope: expect.closeTo(-2, 12) });
  });

  it('is widened where the points follow no line', () => {
    const bent = [0, 1, 2, 3].map((x) => ({ x, y: x * x, error: 0.01 }));
    const { misfit, interval } = slopeOf(bent, 1);
    // Residuals of 1, -1, -1, 1 around the line 3x - 1.
    expect(misfit).toBeCloseTo(4 / 0.01 ** 2 / 2, 6);
    expect(interval!.high - interval!.low).toBeCloseTo((2 * Math.sqrt(2)) / Math.sqrt(5), 9);
  });
});

it('growthConstants: counting is never above typical, and R = 1 has both in closed form', () => {
  expect(growthConstants('subset-sum', 1, uniform(1))).toEqual({
    counting: expect.closeTo(1 / Math.log(1.5), 12),
    typical: expect.closeTo(2 / Math.LN2, 12),
  });
  for (const strategy of sumStrategies)
    for (const R of [1, 2, 7, 50, 1000]) {
      const { counting, typical } = growthConstants(strategy, R, uniform(1));
      expect(counting).toBeLessThanOrEqual(typical);
    }
});

describe('widthLaw', () => {
  const request = {
    tolerances: [1e-2, 1e-3],
    resamplings: [2, 4, 8],
    weight: 1,
    delta: 0.1,
    trials: 200,
    seed: 1,
    alpha: 1e-3,
  };

  it('has the numbers of docs/theory-width.md, and no trial set contradicts the theorem', async () => {
    const { points, fits } = await widthLaw(request);
    expect(points).toHaveLength(6);
    // Simulated elsewhere, by another program, with 1,000 to 2,000 trials each: least n at t = 1e-3.
    const known = {
      2: { 'subset-sum-first': 36, 'subset-sum-fixed': 14, 'subset-sum': 14 },
      4: { 'subset-sum-first': 14, 'subset-sum-fixed': 7, 'subset-sum': 6 },
      8: { 'subset-sum-first': 7, 'subset-sum-fixed': 5, 'subset-sum': 4 },
    } as const;
    for (const { tolerance, resamplings, strategies, theorem, bounds } of points) {
      expect(theorem!.verdict).not.toBe('violated');
      for (const strategy of strategies) {
        expect(strategy.least).toBeGreaterThanOrEqual(bounds.counting!);
        if (strategy.exact || tolerance !== 1e-3) continue;
        const truth = known[resamplings as 2 | 4 | 8][strategy.name];
        expect(strategy.interval.low).toBeLessThanOrEqual(truth);
        expect(strategy.interval.high).toBeGreaterThanOrEqual(truth);
      }
    }
    const over = fits.filter((fit) => fit.kind === 'over R' && fit.strategy === 'projection');
    // (1/(tR))^2 while Rt is small.
    for (const fit of over) expect((fit as { exponent: number }).exponent).toBeCloseTo(-2, 1);
    for (const fit of fits) if (fit.kind === 'power of 1/t') expect(fit.exponent).toBeCloseTo(2, 1);
    expect(fits.filter(({ kind }) => kind === 'neurons per log(1/t)')).toHaveLength(9);
  });

  it('other laws: the theorem from its constants, and sums that need fewer', async () => {
    const { points } = await widthLaw({
      ...request,
      ...{ tolerances: [1e-2], resamplings: [1, 4, 16], trials: 100, distribution: normal(1) },
    });
    for (const { strategies, bounds, theorem } of points) {
      expect(bounds.counting).toBeUndefined();
      expect(theorem!.verdict).not.toBe('violated');
      const sums = strategies.find(({ name }) => name === 'subset-sum-fixed')!;
      expect(sums.least).toBeLessThan(bounds.closed!);
    }
  });

  const small = { ...request, tolerances: [0.05], resamplings: [1, 2, 4], trials: 20 };
  const finite = (value: unknown): boolean =>
    typeof value === 'object' && value !== null
      ? Object.values(value).every(finite)
      : typeof value !== 'number' || Number.isFinite(value);

  it('weights too small for a strategy or a construction: it has none, and the others their numbers', async () => {
    const { points, fits, without } = await widthLaw({ ...small, weight: 0.8, distribution: uniform(0.6) });
    // No u reaches 2/3, and none lies within t/2 of 1.
    expect(without).toEqual(['subset-sum-first']);
    for (const { strategies, bounds } of points) {
      expect(strategies.map(({ name }) => name)).toEqual(['projection', 'subset-sum-fixed', 'subset-sum']);
      expect(strategies[0]).toEqual({ name: 'projection', exact: true, least: Number.POSITIVE_INFINITY });
      // A neuron adds at most 0.36.
      for (const { least } of strategies.slice(1)) expect(least).toBeGreaterThan(2);
      expect(Number.isFinite(bounds.closed!)).toBe(true);
    }
    expect(fits.map(({ strategy }) => strategy)).toEqual(['subset-sum-fixed', 'subset-sum']);
    expect(finite(fits)).toBe(true);
  });

  it('a weight within the tolerance of 0 needs no neuron: no growth is fitted, and counting says nothing', async () => {
    const { points, fits } = await widthLaw({ ...small, tolerances: [0.05, 0.1], weight: 0.03, trials: 500 });
    for (const { strategies, bounds } of points) {
      for (const found of strategies) if (!found.exact) expect(found).toMatchObject({ least: 0, mean: 0 });
      expect(bounds.counting).toBeUndefined();
    }
    expect(finite([points, fits])).toBe(true);
    expect(fits.some((fit) => fit.kind === 'over R' && fit.base === 'log(1+R)')).toBe(false);
  });

  it('weights of two values: trials agree with the exact law, and re-sampling gains a factor of at most 4', async () => {
    const two = {
      ...small,
      tolerances: [0.05, 0.06],
      resamplings: [1, 2, 8],
      ...{ trials: 1000, alpha: 1e-9 },
      distribution: twoValued(0.3),
    };
    const { points, fits, without, intervals } = await widthLaw(two);
    expect(without).toEqual(['subset-sum-first']);
    expect(fits).toEqual([]);
    expect(intervals).toBe(12);
    for (const { resamplings: R, strategies, bounds, theorem, twoValued: exact } of points) {
      expect({ bounds, theorem }).toEqual({ bounds: {}, theorem: undefined });
      // 11 slopes of 0.09 are within 0.05 of 1.
      expect(twoValuedSlope(11, exact!, R).failure).toBeLessThanOrEqual(0.1);
      expect(twoValuedSlope(11, exact! - 1, R).failure).toBeGreaterThan(0.1);
      for (const { name, ...found } of strategies) {
        if (name === 'projection') {
          expect(found.least).toBe(Number.POSITIVE_INFINITY);
          continue;
        }
        // All intervals together: false alarm at most 1e-9.
        expect(found).toMatchObject({ exact: false });
        if (found.exact) continue;
        expect(found.interval.low).toBeLessThanOrEqual(exact!);
        expect(found.interval.high).toBeGreaterThanOrEqual(exact!);
      }
    }
    const [first, last] = [points[0]!, points.at(-1)!];
    expect(first.twoValued! / last.twoValued!).toBeGreaterThan(3);
    expect(first.twoValued! / last.twoValued!).toBeLessThan(6);
  });

  it('counting stands where it is proved: |w| >= t + e^-2', async () => {
    const at = async (weight: number) =>
      (await widthLaw({ ...small, resamplings: [1], weight })).points[0]!.bounds.counting;
    expect(await at(-0.1854)).toBeGreaterThan(0);
    expect(await at(0.1853)).toBeUndefined();
  });

  it.each([
    [{ tolerances: [1e-7] }, 't 1e-7'],
    [{ tolerances: [0.4] }, 't 0.4'],
    [{ resamplings: [0] }, 'resamplings 0'],
    [{ resamplings: [1001] }, 'resamplings 1001'],
    [{ weight: 2 }, 'weight 2'],
    [{ delta: 1 }, 'delta 1'],
    [{ trials: 1 }, 'trials 1'],
    [{ distribution: twoValued(0.6) }, 'multiples of 0.36, none of them within t = 0.01'],
    // 10,000 neurons at least: no memory holds their sums.
    [{ distribution: uniform(0.01) }, 'needs more than 50 neurons'],
    [{ distribution: normal(0.2), resamplings: [1] }, 'needs sums of more neurons than fit into memory'],
  ])('refuses %o', async (change, what) => {
    await expect(widthLaw({ ...request, ...change })).rejects.toThrow(what);
  });
});
