import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../../src/core/rng.js';
import { nearestSum } from '../../../../src/theory/search/subset/anytime.js';
import { SubsetSums, subsetSumBytes } from '../../../../src/theory/search/subset/subset-sums.js';

interface Choice {
  readonly sum: number;
  readonly members: number;
}

/** All choices, one after the other. */
function bruteForce(groups: readonly (readonly number[])[]): Choice[] {
  let choices: Choice[] = [{ sum: 0, members: 0 }];
  for (const group of groups)
    choices = choices.flatMap(({ sum, members }) => [
      { sum, members },
      ...group.map((value) => ({ sum: sum + value, members: members + 1 })),
    ]);
  return choices;
}

function sumOf(groups: readonly (readonly number[])[], choice: readonly number[]): number {
  return choice.reduce((sum, code, group) => sum + (code < 0 ? 0 : groups[group]![code]!), 0);
}

const flat = (groups: readonly (readonly number[])[]) => {
  let end = 0;
  return { values: Float64Array.from(groups.flat()), ends: groups.map((group) => (end += group.length)) };
};

/** Few enough choices to list; sizes differ, groups may be empty, values may be equal. */
const groupsArbitrary = fc.array(
  fc.array(fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(-0.5, 0.25, 0.25, 0)), {
    maxLength: 6,
  }),
  { maxLength: 6 },
);
const target = fc.double({ min: -2, max: 2, noNaN: true });
const tolerance = fc.constantFrom(0, 1e-3, 0.05, 0.5);

/** What two orders of adding a few numbers may differ by. */
const ROUNDING = 1e-14;

describe('SubsetSums against all choices', () => {
  // One object for all cases: what an earlier use leaves behind must not matter.
  const plain = new SubsetSums();
  const counted = new SubsetSums({ counted: true });
  const fill = (search: SubsetSums, groups: readonly (readonly number[])[]) => {
    search.clear();
    for (const group of groups) search.add(Float64Array.from(group));
  };

  it('closest: the least distance, and a choice that has it', () => {
    fc.assert(
      fc.property(groupsArbitrary, target, (groups, w) => {
        const least = Math.min(...bruteForce(groups).map(({ sum }) => Math.abs(sum - w)));
        for (const search of [plain, counted]) {
          fill(search, groups);
          expect(Math.abs(search.closest(w) - w)).toBeCloseTo(least, 13);
          const choice = search.choice();
          expect(choice).toHaveLength(groups.length);
          expect(Math.abs(sumOf(groups, choice) - search.sum)).toBeLessThan(ROUNDING);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('within: yes exactly where there is one', () => {
    fc.assert(
      fc.property(groupsArbitrary, target, tolerance, (groups, w, t) => {
        const least = Math.min(...bruteForce(groups).map(({ sum }) => Math.abs(sum - w)));
        fc.pre(Math.abs(least - t) > ROUNDING);
        fill(plain, groups);
        expect(plain.within(w, t)).toBe(least <= t);
        if (least <= t) expect(Math.abs(sumOf(groups, plain.choice()) - w)).toBeLessThanOrEqual(t + ROUNDING);
      }),
      { numRuns: 500 },
    );
  });

  it('fewest: the least number of members, and the nearest of these', () => {
    fc.assert(
      fc.property(groupsArbitrary, target, tolerance, (groups, w, t) => {
        const choices = bruteForce(groups).map(({ sum, members }) => ({ members, error: Math.abs(sum - w) }));
        fc.pre(choices.every(({ error }) => Math.abs(error - t) > ROUNDING));
        const served = choices.filter(({ error }) => error <= t);
        const members = served.length === 0 ? -1 : Math.min(...served.map((choice) => choice.members));
        fill(counted, groups);
        expect(counted.fewest(w, t)).toBe(members);
        if (members < 0) return;
        expect(counted.choice().filter((code) => code >= 0)).toHaveLength(members);
        const nearest = Math.min(...served.filter((c) => c.members === members).map(({ error }) => error));
        expect(Math.abs(counted.sum - w)).toBeCloseTo(nearest, 13);
      }),
      { numRuns: 500 },
    );
  });

  it('more groups after a question', () => {
    fc.assert(
      fc.property(groupsArbitrary, target, (groups, w) => {
        plain.clear();
        groups.forEach((group, i) => {
          plain.add(Float64Array.from(group));
          const least = Math.min(...bruteForce(groups.slice(0, i + 1)).map(({ sum }) => Math.abs(sum - w)));
          expect(Math.abs(plain.closest(w) - w)).toBeCloseTo(least, 13);
        });
      }),
    );
  });
});

describe('large searches', () => {
  it('of 10^8 choices the nearest is as near as their density lets expect', () => {
    const random = stream(1, 'large subset sums');
    const search = new SubsetSums();
    const groups = Array.from({ length: 8 }, () => Array.from({ length: 9 }, () => 2 * random.uniform() - 1));
    for (const group of groups) search.add(Float64Array.from(group));
    expect(search.sizes).toEqual([1e4, 1e4]);
    const sum = search.closest(0.5);
    expect(sumOf(groups, search.choice())).toBeCloseTo(sum, 13);
    expect(Math.abs(sum - 0.5)).toBeLessThan(1e-6);
    // Divided otherwise, the same sums: an oracle of another way.
    const [first, ...rest] = groups;
    const others = new SubsetSums();
    for (const group of rest) others.add(Float64Array.from(group));
    const least = Math.min(
      ...[0, ...first!].map((value) => Math.abs(others.closest(0.5 - value) - (0.5 - value))),
    );
    expect(Math.abs(sum - 0.5)).toBeCloseTo(least, 13);
  });

  it('the estimate of memory is what the halves need', () => {
    expect(subsetSumBytes([])).toBe(48);
    // 2^10 and 2^11 sums, each beside those it was made from.
    expect(subsetSumBytes(Array(21).fill(1))).toBe(8 * (2 ** 11 + 2 ** 10 + 2 ** 10 + 2 ** 9));
    expect(subsetSumBytes(Array(30).fill(127))).toBeGreaterThan(1e30);
  });
});

describe('nearestSum', () => {
  const search = new SubsetSums();

  it('with steps enough is exact, however little fits into memory', () => {
    fc.assert(
      fc.property(groupsArbitrary, target, fc.constantFrom(0, 200, 1000, 1e6), (groups, w, bytes) => {
        const least = Math.min(...bruteForce(groups).map(({ sum }) => Math.abs(sum - w)));
        const found = nearestSum(search, flat(groups), w, -1, { bytes, steps: 1e9 });
        expect(found.exact).toBe(true);
        expect(found.error).toBeCloseTo(least, 13);
        expect(found.lower).toBe(found.error);
        expect(found.choice).toHaveLength(groups.length);
        expect(Math.abs(sumOf(groups, found.choice) - found.sum)).toBeLessThan(ROUNDING);
      }),
      { numRuns: 300 },
    );
  });

  it('with fewer steps brackets the truth, and more steps never do worse', () => {
    fc.assert(
      fc.property(groupsArbitrary, target, (groups, w) => {
        const least = Math.min(...bruteForce(groups).map(({ sum }) => Math.abs(sum - w)));
        let before = Number.POSITIVE_INFINITY;
        for (const steps of [1, 20, 200, 2000]) {
          const { error, lower } = nearestSum(search, flat(groups), w, -1, { bytes: 200, steps });
          expect(lower).toBeLessThanOrEqual(least + ROUNDING);
          expect(error).toBeGreaterThanOrEqual(least - ROUNDING);
          expect(error).toBeLessThanOrEqual(before);
          before = error;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a target out of reach is said to be so after one look', () => {
    const groups = flat(Array.from({ length: 40 }, () => [0.5, -0.25, 0.1]));
    const { exact, lower, error } = nearestSum(search, groups, 21, 1e-3, { bytes: 1e5, steps: 1 });
    expect({ exact, lower }).toEqual({ exact: false, lower: 1 });
    expect(error).toBeGreaterThan(1);
  });
});
