import highsModule, { type Highs } from 'highs';
import { expect, it } from 'vitest';
import { stream } from '../../../../src/core/rng.js';
import { SubsetSums } from '../../../../src/theory/search/subset/subset-sums.js';

// The package's types leave the default export's call signature out under NodeNext.
const loadHighs = highsModule as unknown as () => Promise<Highs>;

/** What HiGHS takes for feasible. */
const FEASIBLE = 1e-6;

/** A choice of at most one value from each group, as a mixed-integer program in the LP format. */
function program(
  groups: readonly Float64Array[],
  objective: string,
  rows: (sum: string) => string[],
): string {
  const names = groups.map((group, i) => [...group].map((_, k) => `x${i}_${k}`));
  const signed = (value: number, name: string) => `${value < 0 ? '-' : '+'} ${Math.abs(value)} ${name}`;
  const sum = groups
    .flatMap((group, i) => [...group].map((value, k) => signed(value, names[i]![k]!)))
    .join(' ');
  return [
    'Minimize',
    ` cost: ${objective === 'members' ? names.flat().join(' + ') : objective}`,
    'Subject To',
    ...names.map((own, i) => ` g${i}: ${own.join(' + ')} <= 1`),
    ...rows(sum).map((row, i) => ` r${i}: ${row}`),
    'Binary',
    ` ${names.flat().join(' ')}`,
    'End',
  ].join('\n');
}

it('the nearest sum and the fewest members are those of a mixed-integer program', async () => {
  const highs = await loadHighs();
  const random = stream(1, 'milp');
  const plain = new SubsetSums();
  const counted = new SubsetSums({ counted: true });
  const counts = new Set<number>();
  for (let trial = 0; trial < 24; trial++) {
    const [n, R] = [3 + (trial % 4), 1 + (trial % 3)];
    const groups = Array.from({ length: n }, () =>
      Float64Array.from({ length: R }, () => 2 * random.uniform() - 1),
    );
    const target = 1.5 * random.uniform();
    for (const search of [plain, counted]) {
      search.clear();
      for (const group of groups) search.add(group);
    }
    const error = Math.abs(plain.closest(target) - target);
    const nearest = highs.solve(
      program(groups, 'e', (sum) => [`${sum} - e <= ${target}`, `${sum} + e >= ${target}`]),
      { mip_rel_gap: 0, mip_abs_gap: 0 },
    );
    expect(nearest.Status).toBe('Optimal');
    expect(Math.abs(nearest.ObjectiveValue - error)).toBeLessThan(2 * FEASIBLE);

    // A tolerance at which a solution is within by more than HiGHS' own, or out by more.
    const t = error + 0.05;
    const members = counted.fewest(target, t);
    const [tight, wide] = [t - FEASIBLE, t + FEASIBLE].map((bound) => counted.fewest(target, bound));
    if (tight !== wide) continue;
    const fewest = highs.solve(
      program(groups, 'members', (sum) => [`${sum} <= ${target + t}`, `${sum} >= ${target - t}`]),
      { mip_rel_gap: 0, mip_abs_gap: 0 },
    );
    expect(fewest.Status).toBe('Optimal');
    expect(Math.round(fewest.ObjectiveValue)).toBe(members);
    counts.add(members);
  }
  expect(counts.size).toBeGreaterThan(2);
});
