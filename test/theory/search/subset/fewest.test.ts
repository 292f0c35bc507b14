import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FewestMembers } from '../../../../src/theory/search/subset/fewest.js';

/** Every choice of at most one value from each group, as places. */
function* choices(ends: readonly number[], group = 0): Generator<number[]> {
  if (group === ends.length) {
    yield [];
    return;
  }
  for (const rest of choices(ends, group + 1)) {
    yield rest;
    for (let i = group === 0 ? 0 : ends[group - 1]!; i < ends[group]!; i++) yield [i, ...rest];
  }
}

/** Sixteenths, so that sums are exact and ties happen. */
const value = fc.integer({ min: -16, max: 16 }).map((n) => n / 16);
const groups = fc.array(fc.array(value, { maxLength: 3 }), { maxLength: 6 }).map((lists) => ({
  values: Float64Array.from(lists.flat()),
  ends: lists.map((_, i) => lists.slice(0, i + 1).flat().length),
}));

test('the fewest members within t, of those the nearest, else the nearest of all: brute force agrees', () => {
  const search = new FewestMembers();
  const members: number[] = [];
  fc.assert(
    fc.property(
      groups,
      fc.integer({ min: -64, max: 64 }).map((n) => n / 16 + 1 / 64),
      fc.constantFrom(0.02, 0.1, 0.3),
      ({ values, ends }, target, t) => {
        const errorOf = (places: readonly number[]) =>
          Math.abs(places.reduce((sum, i) => sum + values[i]!, 0) - target);
        const all = [...choices(ends)];
        const within = all.filter((places) => errorOf(places) <= t);
        const fewest = Math.min(...within.map((places) => places.length));
        const best = within.length > 0 ? within.filter((places) => places.length === fewest) : all;
        expect(search.find({ values, ends }, target, t, members)).toBe(within.length > 0);
        if (within.length > 0) expect(members).toHaveLength(fewest);
        // Without a member there is one choice; it is not compared to others.
        expect(errorOf(members)).toBe(Math.min(...best.map(errorOf)));
        const taken = members.map((i) => ends.findIndex((end) => i < end));
        expect(new Set(taken).size).toBe(members.length);
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});
