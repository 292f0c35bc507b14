import { expect, test } from 'vitest';
import { clopperPearson } from '../../../src/core/intervals.js';
import { stream } from '../../../src/core/rng.js';
import { failureBounds } from '../../../src/theory/bounds/recursion.js';
import { uniformChances } from '../../../src/theory/bounds/resampled.js';

const bounds = (R: number, t: number, perOctave: number, perSample: number, cells: number, count: number) => {
  const game = { resamplings: R, density: 0.5, chances: uniformChances(R, cells), tolerance: t };
  const found: number[] = [];
  for (const bound of failureBounds(game, { perOctave, perSample }, 2 * t)) {
    if (found.push(bound(2 * t)) > count) break;
  }
  return found;
};

/**
 * The value of one strategy of the game, growth 0 or T by each sample with mean g T, on the same cells of u: no bound of
 * the game's value may be below it. Exact: every size is 2t times a product of integers.
 */
function strategyValue(R: number, t: number, cells: number, n: number): number {
  const chances = uniformChances(R, cells);
  const memo = new Map<string, number>();
  const value = (k: number, size: number): number => {
    if (k === 0) return 1;
    if (size > 1 + t) return value(k, 1 + t);
    const key = `${k} ${size}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    let sum = 0;
    for (const { u, probability } of chances)
      sum += probability * (u === 0 ? value(k - 1, size) : sampled(k, size, u, R, 1));
    memo.set(key, sum);
    return sum;
  };
  const sampled = (k: number, size: number, u: number, left: number, times: number): number => {
    if (left === 0) return value(k - 1, size * times);
    const h = Math.max(0, size + u - 1 - t) / (2 * u);
    const p = Math.max(0, Math.max(0, u - size * times) / (2 * u) - h) / (1 - h);
    const stay = sampled(k, size, u, left - 1, times);
    return (1 - h) * (p > 0 ? (1 - p) * stay + p * sampled(k, size, u, left - 1, times + 1) : stay);
  };
  return value(n, 2 * t);
}

test.each([
  [1, 0.01, 12, 1, 8, 12],
  [1, 0.01, 48, 1, 8, 12],
  [2, 0.02, 12, 3, 6, 6],
  [2, 0.02, 24, 6, 6, 6],
  [3, 0.01, 16, 4, 4, 5],
])('is above the value of a strategy: R = %d, t = %d, grid %d %d, %d cells', (R, t, q, k, cells, n) => {
  const found = bounds(R, t, q, k, cells, n);
  for (let i = 1; i <= n; i++) {
    const strategy = strategyValue(R, t, cells, i);
    expect(found[i]).toBeGreaterThanOrEqual(strategy * (1 - 1e-12));
    expect(found[i]).toBeLessThanOrEqual(1);
  }
});

test('does not rise with k, nor fall below a coarser grid by more than grids can differ', () => {
  const fine = bounds(1, 1e-3, 48, 1, 40, 120);
  const coarse = bounds(1, 1e-3, 12, 1, 12, 120);
  fine.forEach((value, k) => {
    if (k > 0) expect(value).toBeLessThanOrEqual(fine[k - 1]! * (1 + 1e-9));
    expect(coarse[k]).toBeGreaterThanOrEqual(value * (1 - 1e-9));
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
  expect(bounds(R, t, 16, 4, 16, n)[n]).toBeGreaterThan(low);
  expect(failures).toBeGreaterThan(0);
});
