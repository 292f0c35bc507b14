import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  all,
  blockProbability,
  hitProbability,
  missProbability,
  weightProbability,
} from '../../../src/theory/probability/exact.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { bigBlockSuccess, bigMiss, bigWeightFailure, one, relativeError } from '../big.js';

const golden = JSON.parse(readFileSync('test/fixtures/theory-oracles.json', 'utf8')) as {
  single_weight_failure: {
    n: number;
    R: number;
    t: number;
    w: number;
    one_side: number;
    two_sides: number;
  }[];
  block_success: { n: number; R: number; t: number; w: number[]; success: number }[];
};
const { mass } = uniform(1);
const side = (n: number, R: number, t: number, w: number) =>
  weightProbability(n, R, mass(1, t / 2), mass(w, t / 2));
const block = (n: number, R: number, t: number, ws: readonly number[]) =>
  blockProbability(
    n,
    R,
    mass(1, t / 2),
    ws.map((w) => ({ pv: mass(w, t / 2), count: 1 })),
  );

describe('reference values (test/fixtures/theory-oracles.md)', () => {
  it.each(golden.single_weight_failure)('one weight: n=$n R=$R t=$t w=$w', ({ n, R, t, w, ...expected }) => {
    expect(relativeError(side(n, R, t, w).failure, expected.one_side)).toBeLessThan(1e-9);
    const both = all([side(n, R, t, w), side(n, R, t, -w)]);
    expect(relativeError(both.failure, expected.two_sides)).toBeLessThan(1e-9);
  });

  it.each(golden.block_success)('a block: n=$n R=$R t=$t w=$w', ({ n, R, t, w, success }) => {
    expect(relativeError(block(n, R, t, w).success, success)).toBeLessThan(1e-9);
  });
});

const probability = fc.double({ min: -36, max: -0.001, noNaN: true }).map((x) => Math.exp(x));
const integer = (most: number) =>
  fc.double({ min: 0, max: Math.log(most), noNaN: true }).map((x) => Math.round(Math.exp(x)));
/** Neurons and samples such that no probability is below e^-200: 120 digits leave 30 after the subtraction from 1. */
const sized = fc
  .tuple(integer(1e9), integer(1e18), probability, fc.array(probability, { minLength: 1, maxLength: 5 }))
  .filter(([R, , pu, pvs]) => R * Math.max(pu, ...pvs) < 200 || R * Math.min(pu, ...pvs) > 1e4)
  .filter(
    ([R, n, pu, pvs]) => n * hitProbability(pu, R) * Math.max(...pvs.map((p) => hitProbability(p, R))) < 150,
  );

describe('against 120-digit big numbers', () => {
  it('(1-p)^R and its complement', () => {
    fc.assert(
      fc.property(integer(1e9), probability, (R, p) => {
        const miss = bigMiss(p, R);
        if (miss.lt('1e-250')) return;
        // The rounding of R log(1-p) weighs as much as its size.
        expect(relativeError(missProbability(p, R), miss)).toBeLessThan(1e-13);
        expect(relativeError(hitProbability(p, R), one.minus(miss))).toBeLessThan(1e-13);
      }),
    );
  });

  it('one weight, n to 1e18, R to 1e9, p down to 2e-16', () => {
    fc.assert(
      fc.property(sized, ([R, n, pu, [pv]]) => {
        const { success, failure } = weightProbability(n, R, pu, pv!);
        const reference = bigWeightFailure(n, R, pu, pv!);
        expect(relativeError(failure, reference)).toBeLessThan(1e-12);
        expect(relativeError(success, one.minus(reference))).toBeLessThan(1e-12);
      }),
    );
  });

  it('a block, by inclusion and exclusion over its outputs', () => {
    fc.assert(
      fc.property(sized, ([R, n, pu, pvs]) => {
        const { success, failure } = blockProbability(
          n,
          R,
          pu,
          pvs.map((pv) => ({ pv, count: 1 })),
        );
        const reference = bigBlockSuccess(n, R, pu, pvs);
        expect(relativeError(failure, one.minus(reference))).toBeLessThan(1e-10);
        if (reference.gt('1e-40')) expect(relativeError(success, reference)).toBeLessThan(1e-10);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    // R t/4 large: every sample hits but for one chance in 1e10 to 1e40, and that chance is the answer.
    { n: 1, R: 1000, p: 0.025 },
    { n: 1, R: 1600, p: 0.025 },
    { n: 2, R: 1600, p: 0.025 },
    { n: 1, R: 1_000_000_000, p: 4e-8 },
    { n: 1, R: 1, p: 1 - 2 ** -53 },
    // The number of good neurons is known to fewer digits than a double has.
    { n: 1e18, R: 36, p: 1 - Math.exp(-1) },
    { n: 1e18, R: 31, p: 1 - Math.exp(-1) },
    { n: 1e18, R: 1, p: 1e-17 },
    { n: 1e18, R: 1e9, p: 1e-27 },
    { n: 1e18, R: 1, p: 1e-9 },
    { n: 1e15, R: 1, p: 1e-7 },
  ])('the ends of the range: n=$n R=$R p=$p', ({ n, R, p }) => {
    const { success, failure } = blockProbability(n, R, p, [{ pv: p, count: 2 }]);
    const reference = bigBlockSuccess(n, R, p, [p, p]);
    const missed = one.minus(reference);
    if (missed.gt('1e-300')) expect(relativeError(failure, missed)).toBeLessThan(1e-10);
    else expect(failure).toBeLessThan(1e-300);
    expect(relativeError(success, reference)).toBeLessThan(1e-10);
  });
});

describe('laws', () => {
  const n = fc.integer({ min: 0, max: 200 });
  const R = fc.integer({ min: 1, max: 500 });
  const t = fc.double({ min: 0.01, max: 2, noNaN: true });
  const ws = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
  /** 1e-12 is left for rounding. */
  const atLeast = (a: number, b: number) => expect(a).toBeGreaterThanOrEqual(b * (1 - 1e-12) - 1e-300);

  it('a block of one output is one weight', () => {
    fc.assert(
      fc.property(n, R, t, fc.double({ min: -1, max: 1, noNaN: true }), (n, R, t, w) => {
        const [a, b] = [block(n, R, t, [w]), side(n, R, t, w)];
        if (b.failure > 1e-280) expect(relativeError(a.failure, b.failure)).toBeLessThan(1e-11);
        if (b.success > 1e-280) expect(relativeError(a.success, b.success)).toBeLessThan(1e-11);
      }),
    );
  });

  it('success grows with n, R and t, failure falls', () => {
    fc.assert(
      fc.property(n, R, t, ws, n, R, t, (n, R, t, ws, moreN, moreR, moreT) => {
        const base = block(n, R, t, ws);
        for (const larger of [
          block(n + moreN, R, t, ws),
          block(n, R + moreR, t, ws),
          block(n, R, Math.min(2, t + moreT), ws),
        ]) {
          atLeast(larger.success, base.success);
          atLeast(base.failure, larger.failure);
        }
      }),
    );
  });

  it('a block succeeds at least as often as its weights apart (shared neurons are positively associated)', () => {
    fc.assert(
      fc.property(n, R, t, ws, (n, R, t, ws) => {
        const together = block(n, R, t, ws);
        const apart = all(ws.map((w) => side(n, R, t, w)));
        atLeast(together.success, apart.success);
        atLeast(apart.failure, together.failure);
        // ... and at most as often as its hardest weight.
        atLeast(Math.min(...ws.map((w) => side(n, R, t, w).success)), together.success);
      }),
    );
  });

  it('outputs of one window mass may be counted in a group', () => {
    fc.assert(
      fc.property(n, R, t, fc.integer({ min: 1, max: 9 }), (n, R, t, count) => {
        const [pu, pv] = [mass(1, t / 2), mass(0.2, t / 2)];
        const grouped = blockProbability(n, R, pu, [{ pv, count }]);
        const listed = blockProbability(n, R, pu, Array(count).fill({ pv, count: 1 }));
        atLeast(grouped.success, listed.success);
        atLeast(listed.success, grouped.success);
      }),
    );
  });

  it('FKG: failure is at least (1-p^2)^(n R^2), with equality at R = 1 (against Eq. 17)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), R, t, (n, R, t) => {
        const { failure } = side(n, R, t, 1);
        const product = Math.exp(n * R * R * Math.log1p(-((t / 4) ** 2)));
        atLeast(failure, product);
        if (R > 1 && product > 1e-300) expect(failure).toBeGreaterThan(product);
        const single = side(n, 1, t, 1).failure;
        expect(relativeError(single, Math.exp(n * Math.log1p(-((t / 4) ** 2))))).toBeLessThan(1e-12);
      }),
    );
  });

  it('success and failure add to 1', () => {
    fc.assert(
      fc.property(n, R, t, ws, (n, R, t, ws) => {
        const { success, failure } = block(n, R, t, ws);
        expect(Math.abs(success + failure - 1)).toBeLessThan(1e-13);
      }),
    );
  });

  it('nothing succeeds without neurons or without mass, everything without outputs', () => {
    const sure = { success: 1, failure: 0 };
    const never = { success: 0, failure: 1 };
    expect(blockProbability(0, 5, 0.5, [{ pv: 0.5, count: 1 }])).toEqual(never);
    expect(blockProbability(9, 5, 0, [{ pv: 0.5, count: 1 }])).toEqual(never);
    expect(blockProbability(9, 5, 0.5, [{ pv: 0, count: 1 }])).toEqual(never);
    expect(blockProbability(9, 5, 1, [{ pv: 1, count: 3 }])).toEqual(sure);
    expect(weightProbability(0, 5, 0.5, 0.5)).toEqual(never);
    expect(weightProbability(9, 5, 0.5, 0)).toEqual(never);
    expect(weightProbability(9, 5, 1, 1)).toEqual(sure);
    expect(all([])).toEqual(sure);
    expect(all([sure, never])).toEqual(never);
  });

  it('independent events multiply', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (successes) => {
        const { success, failure } = all(successes.map((s) => ({ success: s, failure: 1 - s })));
        const product = successes.reduce((a, b) => a * b, 1);
        expect(Math.abs(success - product)).toBeLessThan(1e-14);
        expect(Math.abs(failure - (1 - product))).toBeLessThan(1e-14);
      }),
    );
    // Failures far below the rounding of success keep their digits.
    const tiny = { success: 1, failure: 1e-30 };
    expect(relativeError(all(Array(1000).fill(tiny)).failure, 1e-27)).toBeLessThan(1e-12);
  });
});
