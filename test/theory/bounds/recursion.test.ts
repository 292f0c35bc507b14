import fc from 'fast-check';
import type { BigNumber } from 'mathjs';
import { describe, expect, it, test } from 'vitest';
import { clopperPearson } from '../../../src/core/intervals.js';
import { stream } from '../../../src/core/rng.js';
import { oneWeightNeurons } from '../../../src/theory/bounds/one-weight.js';
import {
  coarseNodes,
  failureBounds,
  type Game,
  uniformLaw,
  uniformNodes,
} from '../../../src/theory/bounds/recursion/index.js';
import { big, math, one } from '../big.js';

const gameOf = (R: number, t: number): Game => ({
  resamplings: R,
  density: 0.5,
  tolerance: t,
  law: uniformLaw(R, uniformNodes(R, 1 + t)),
  coarse: uniformLaw(R, coarseNodes(R)),
});

/** V_0 ... V_count at the sizes, or at 2t. */
function bounds(R: number, t: number, perOctave: number, count: number, size = 2 * t): number[] {
  const found: number[] = [];
  for (const bound of failureBounds(gameOf(R, t), perOctave, 2 * t))
    if (found.push(bound(size)) > count) break;
  return found;
}

/**
 * At most the recursion's value, with 120 digits: u is moved up to the end of its cell, and one strategy of the game is followed, growth 0 or T
 * by each sample with the mean that is asked for. Every size is 2t times a product of integers.
 */
function strategyValue(R: number, t: number, cells: number, n: number): BigNumber {
  const tolerance = big(t);
  const whole = one.plus(tolerance);
  const below = (k: number) => math.pow(one.plus(big(k).div(cells)).div(2), R) as BigNumber;
  const law = Array.from({ length: cells }, (_, k) => ({
    u: big(k + 1).div(cells),
    probability: below(k + 1).minus(below(k)),
  }));
  const unused = below(0);
  const known = new Map<string, BigNumber>();
  const value = (k: number, times: number): BigNumber => {
    const size = math.min(whole, tolerance.times(2 * times)) as BigNumber;
    if (k === 0) return one;
    const key = `${k} ${size.eq(whole) ? 'whole' : times}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let sum = unused.times(value(k - 1, times));
    for (const { u, probability } of law) sum = sum.plus(probability.times(sampled(k, size, times, u, R, 1)));
    known.set(key, sum);
    return sum;
  };
  const positive = (x: BigNumber) => (x.isNegative() ? big(0) : x);
  const sampled = (
    k: number,
    size: BigNumber,
    times: number,
    u: BigNumber,
    left: number,
    grown: number,
  ): BigNumber => {
    if (left === 0) return value(k - 1, times * grown);
    const h = positive(size.plus(u).minus(whole).div(u.times(2)));
    const g = positive(u.minus(size.times(grown)).div(u.times(2)));
    const p = positive(g.minus(h)).div(one.minus(h));
    const stay = sampled(k, size, times, u, left - 1, grown);
    const mean = p.isZero()
      ? stay
      : stay.times(one.minus(p)).plus(p.times(sampled(k, size, times, u, left - 1, grown + 1)));
    return mean.times(one.minus(h));
  };
  return value(n, 1);
}

describe('the recursion', () => {
  it.each([
    [1, 0.01, 8, 6, 8],
    [1, 1e-3, 48, 4, 8],
    [1, 1e-12, 8, 3, 6],
    [2, 0.02, 8, 4, 4],
    [2, 1e-6, 12, 3, 4],
    [3, 0.01, 16, 3, 3],
    [6, 1e-3, 8, 2, 2],
    [12, 1e-9, 8, 2, 1],
  ])(
    'is above the value of a strategy with 120 digits: R = %d, t = %d, %d sizes an octave',
    (R, t, q, cells, n) => {
      const found = bounds(R, t, q, n);
      for (let k = 1; k <= n; k++) {
        expect(big(found[k]!).gte(strategyValue(R, t, cells, k))).toBe(true);
        expect(found[k]).toBeLessThanOrEqual(1);
      }
    },
  );

  // With V_0 = 1 growth does not matter: V_1(T) = E (1 - h_U(T))^R; where T is at least half of J it never does.
  const oneNeuron = (R: number, t: number, size: number) => {
    const parts = 20_000;
    let mean = 2 ** -R;
    for (let k = 0; k < parts; k++) {
      const u = (k + 0.5) / parts;
      const h = Math.max(0, Math.min(size, 1 + t) + u - 1 - t) / (2 * u);
      mean += ((R / 2) * ((1 + u) / 2) ** (R - 1) * (1 - h) ** R) / parts;
    }
    return mean;
  };

  it('has the exact failure of one neuron, and of many once hits make up for growth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.double({ min: 1e-4, max: 1 / 3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        (R, t, s, k) => {
          const small = 2 * t + s * Math.max(0, 0.55 * (1 + t) - 2 * t);
          const first = bounds(R, t, 12, 1, small)[1]!;
          const exact = oneNeuron(R, t, small);
          expect(first).toBeGreaterThan(exact * (1 - 1e-7));
          expect(first).toBeLessThan(exact * 1.06);
          const large = ((1 + t) / 2) * (1 + 0.1 * s);
          const many = oneNeuron(R, t, large) ** k;
          const found = bounds(R, t, 12, k, large)[k]!;
          expect(found).toBeGreaterThan(many * (1 - 1e-6));
          expect(found).toBeLessThan(many * 1.06 ** k);
        },
      ),
      { numRuns: 12, seed: 5 },
    );
  });

  // At R = 1 V_1 is concave, so that the worst growth is its mean: V_2 is one integral.
  it('has the failure of two neurons at R = 1, between the nodes too', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 0.3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (t, s) => {
          const size = 2 * t * (0.5 / t) ** (0.9 * s);
          const first = (x: number) => {
            const a = Math.max(0, 1 + t - x);
            return x >= 1 + t ? 0.75 : 1 - (1 - a + (a > 0 ? a * Math.log(a) : 0)) / 4;
          };
          const one = (x: number) => (1 + t - x >= 1 ? 1 : first(x));
          const parts = 5000;
          let exact = one(size) / 2;
          for (let k = 0; k < parts; k++) {
            const u = (k + 0.5) / parts;
            const h = Math.max(0, size + u - 1 - t) / (2 * u);
            const p = Math.max(0, Math.max(0, u - size) / (2 * u) - h) / (1 - h);
            exact += ((1 - h) * one(size * (1 + p))) / (2 * parts);
          }
          const found = bounds(1, t, 16, 2, size)[2]!;
          expect(found).toBeGreaterThan(exact * (1 - 1e-6));
          expect(found).toBeLessThan(exact * 1.01);
        },
      ),
      { numRuns: 40, seed: 6 },
    );
  });

  it('does not rise with k, and is less on a finer grid', () => {
    const fine = bounds(2, 1e-3, 16, 30);
    const coarse = bounds(2, 1e-3, 8, 30);
    fine.forEach((value, k) => {
      if (k > 0) expect(value).toBeLessThanOrEqual(fine[k - 1]! * (1 + 1e-7));
      expect(coarse[k]).toBeGreaterThanOrEqual(value * (1 - 1e-3));
    });
    expect(coarse[30]! / fine[30]!).toBeLessThan(1.5);
  });

  it('gives the neurons of t = 1e-3, delta = 0.1', () => {
    expect([1, 2, 4, 8, 16].map((R) => oneWeightNeurons(1e-3, 0.1, R).recursion)).toEqual([
      107, 36, 14, 7, 4,
    ]);
  });

  it('keeps its numbers above 0 however many the neurons', () => {
    const found = bounds(2, 1 / 3, 8, 900);
    found.forEach((value, k) => {
      expect(value).toBeGreaterThan(0);
      if (k > 0) expect(value).toBeLessThanOrEqual(found[k - 1]!);
    });
    expect(found[900]).toBeLessThan(1e-15);
  });

  it('keeps its numbers for the smallest tolerances and probabilities, or leaves them to the closed form', () => {
    for (const [t, delta, R] of [
      [1e-15, 1e-290, 32],
      [1e-4, 1e-290, 4],
      [1 / 3, 0.5, 8],
      [1e-15, 1e-300, 3],
      [1e-15, 1e-300, 1e9],
    ] as const) {
      const { closed, recursion, counting } = oneWeightNeurons(t, delta, R);
      expect(Number.isSafeInteger(closed)).toBe(true);
      expect(closed).toBeGreaterThanOrEqual(Math.max(1, counting));
      if (recursion !== undefined) {
        expect(recursion).toBeLessThan(closed);
        expect(recursion).toBeGreaterThanOrEqual(Math.max(1, counting));
      }
    }
  });
});

/** Whether no choice among n neurons (largest u, any sample of v or none) has its slope within t of w. */
function fails(samples: Float64Array, n: number, R: number, w: number, t: number): boolean {
  let slopes = [0];
  for (let i = 0; i < n; i++) {
    let u = 0;
    for (let r = 0; r < R; r++) u = Math.max(u, 2 * samples[i * 2 * R + r]! - 1);
    if (u <= 0) continue;
    const next = [...slopes];
    for (let r = 0; r < R; r++) {
      const v = 2 * samples[i * 2 * R + R + r]! - 1;
      for (const slope of slopes) next.push(slope + u * v);
    }
    if (next.some((slope) => Math.abs(slope - w) <= t)) return false;
    slopes = next;
  }
  return true;
}

test.each([
  [1, 0.05, 10, 1],
  [2, 0.02, 6, 1],
  [2, 0.02, 6, 0.4],
  [4, 0.01, 4, 1],
  [4, 0.01, 4, 0.1],
])('is above the simulated failure: R = %d, t = %d, n = %d, w = %d', (R, t, n, w) => {
  const trials = 1500;
  let failures = 0;
  const samples = new Float64Array(2 * R * n);
  const random = stream(5, 'recursion', R, n);
  for (let trial = 0; trial < trials; trial++) {
    random.fill(samples);
    if (fails(samples, n, R, w, t)) failures++;
  }
  // Five intervals: false alarm at most 5e-12.
  const { low } = clopperPearson(failures, trials, 1e-12);
  expect(bounds(R, t, 12, n)[n]).toBeGreaterThan(low);
  expect(failures).toBeGreaterThan(0);
});
