import { describe, expect, it } from 'vitest';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { type CertifyOptions, certify } from '../../../src/theory/certify/certify.js';
import { pairOf } from '../../../src/theory/certify/pair.js';
import { certifiedErrorAt } from '../../../src/theory/certify/point.js';
import { effectiveRounding, proofBound } from '../../../src/theory/certify/proof.js';
import { cube } from '../../../src/theory/certify/ranges.js';
import { upperBounds } from '../../../src/theory/certify/upper.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget } from '../../../src/theory/problem/target.js';
import { constructionFor } from '../../../src/theory/search/construction.js';
import { searchInstance } from '../../../src/theory/search/instance.js';
import { randomPair } from './pairs.js';

const options: CertifyOptions = { gap: 0.01, seconds: 1e6, seed: 1 };
const pair = randomPair({ widths: [3, 6, 2], change: 0.01, zeros: 0, same: 0, seed: 9 });

describe('a bracket', () => {
  it('closes to the gap asked for, by branch and bound', async () => {
    const wide = await certify(pair, { ...options, gap: 0.2 });
    const tight = await certify(pair, { ...options, gap: 1e-3 });
    for (const [bracket, gap] of [
      [wide, 0.2],
      [tight, 1e-3],
    ] as const) {
      expect(bracket.stopped).toBe('gap');
      expect(bracket.gap).toBeLessThanOrEqual(gap);
      expect(bracket.gap).toBe((bracket.upper - bracket.lower) / bracket.upper);
      expect(bracket.lower).toBe(certifiedErrorAt(pair, bracket.witness));
    }
    expect(tight.upperBy).toBe('branch and bound');
    expect(tight.nodes).toBeGreaterThan(wide.nodes);
    expect(tight.upper).toBeLessThanOrEqual(wide.upper);
    expect(tight.lower).toBeGreaterThan(0.99 * wide.upper * 0.8);
  });

  it('never loses to a single bound over the whole cube', async () => {
    const { uppers, upper } = await certify(pair, { ...options, nodes: 1 });
    for (const { name, bound } of upperBounds) {
      const single = bound(pair, cube(3));
      expect(uppers.find((one) => one.name === name)!.bound).toBeLessThanOrEqual(single * (1 + 1e-15));
      expect(upper).toBeLessThanOrEqual(single * (1 + 1e-15));
    }
  });

  it('of a network that is the same is 0', async () => {
    const same = randomPair({ widths: [3, 4, 2], change: 0, zeros: 0, same: 1, seed: 2 });
    expect(await certify(same, options)).toMatchObject({
      lower: 0,
      upper: 0,
      gap: 0,
      upperBy: 'same network',
      stopped: 'exact',
    });
  });

  it('of one layer is exact', async () => {
    const one = randomPair({ widths: [9, 3], change: 0.1, zeros: 0.2, same: 0.2, seed: 6 });
    const bracket = await certify(one, { ...options, gap: 0 });
    expect(bracket).toMatchObject({ stopped: 'exact', upperBy: 'enumeration' });
    expect(bracket.gap).toBeLessThan(1e-11);
  });
});

describe('what stops it', () => {
  const hard = randomPair({ widths: [12, 14, 4], change: 0.01, zeros: 0, same: 0, seed: 3 });

  it('the clock, with what was reached, on progress', async () => {
    const seen: number[] = [];
    const bracket = await certify(hard, {
      ...options,
      gap: 0,
      seconds: 1.5,
      progress: (done, total) => {
        expect(total).toBe(1.5);
        seen.push(done);
      },
    });
    expect(bracket.stopped).toBe('time');
    expect(bracket.lower).toBeGreaterThan(0);
    expect(bracket.upper).toBeLessThan(Math.min(...upperBounds.map(({ bound }) => bound(hard, cube(12)))));
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
  });

  it('a signal, at whatever point it comes', async () => {
    for (const after of [1, 2, 4]) {
      const controller = new AbortController();
      let turns = 0;
      const bracket = await certify(hard, {
        ...options,
        gap: 0,
        signal: controller.signal,
        progress: () => {
          if (++turns === after) controller.abort();
        },
      });
      expect(bracket.stopped).toBe('signal');
      expect(bracket.lower).toBeLessThanOrEqual(bracket.upper);
      expect(bracket.upper).toBeLessThan(1);
    }
  });

  it('a number of boxes, the same bracket every time', async () => {
    const limits = { ...options, gap: 0, nodes: 40 };
    const [a, b] = [await certify(hard, limits), await certify(hard, limits)];
    expect(a).toMatchObject({ stopped: 'nodes', nodes: 41 });
    expect({ ...a, seconds: 0 }).toEqual({ ...b, seconds: 0 });
  });
});

describe('what the proof says', () => {
  const problem = { widths: [3, 4, 2], epsilon: 0.7, delta: 0.1, resamplings: 300 };
  const construction = constructionFor(problem, boundByName('corrected'), uniform(1));

  it('is at most epsilon at the schedule of the corrected theorem, and at least half of it', () => {
    const target = makeTarget('gaussian', problem.widths, 1);
    const bound = proofBound(target, construction);
    expect(bound).toBeLessThan(0.7);
    expect(bound).toBeGreaterThan(0.35);
  });

  it('stands in the bracket, and rounding moves both ends outward', async () => {
    const target = makeTarget('gaussian', problem.widths, 1);
    const { effective, success } = searchInstance(construction, target, 1, 0);
    expect(success).toBe(true);
    const found = pairOf(target, effective);
    const rounding = effectiveRounding(found, construction);
    expect(rounding).toBeGreaterThan(0);
    expect(rounding).toBeLessThan(1e-13);
    const plain = await certify(found, { ...options, nodes: 100 });
    const moved = await certify(found, { ...options, nodes: 100, rounding: 1e-5, proof: 0.5 });
    expect(moved.lower).toBeCloseTo(plain.lower - 1e-5, 12);
    expect(moved.uppers.find(({ name }) => name === 'linear')!.bound).toBeCloseTo(
      plain.uppers.find(({ name }) => name === 'linear')!.bound + 1e-5,
      12,
    );
    expect(moved.uppers[0]).toEqual({ name: 'proof', bound: 0.5 });
  });
});

describe('bad input is named', () => {
  it.each([
    [{ gap: 1 }, /gap 1: must lie in \[0, 1\)/],
    [{ gap: Number.NaN }, /gap NaN/],
    [{ seconds: 0 }, /seconds 0/],
    [{ nodes: 1.5 }, /nodes 1\.5/],
    [{ starts: 0 }, /starts 0/],
    [{ seed: -1 }, /seed -1/],
  ])('%o', async (wrong, message) => {
    await expect(certify(pair, { ...options, ...wrong })).rejects.toThrow(message);
  });

  it('networks of other shapes, and entries that could overflow', () => {
    const target = { widths: [2, 1], matrices: [Float64Array.of(0.5, 0.5)] };
    const layer = (...entries: number[]) => ({ positive: Float64Array.from(entries) });
    expect(() => pairOf(target, { widths: [1, 1], layers: [layer(1)] })).toThrow(/widths 1,1: must have/);
    expect(() => pairOf(target, { widths: [2, 1], layers: [layer(1)] })).toThrow(/must have 2 entries/);
    for (const entry of [Number.NaN, Number.POSITIVE_INFINITY, 2000])
      expect(() => pairOf(target, { widths: [2, 1], layers: [layer(entry, 0)] })).toThrow(String(entry));
  });
});
