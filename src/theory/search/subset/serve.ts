import { type Groups, groupSizes, type Nearest, nearestSum } from './anytime.js';
import { bytesWith, requireRoom } from './room.js';
import { SubsetSums } from './subset-sums.js';

/** Memory of an anytime search, the same on every machine: its result is stored, and found again. */
const ANYTIME = 2 ** 28;

const search = new SubsetSums();

/** What was found for one weight. */
export type Served =
  | { readonly choice: readonly number[] }
  /** No choice is within t, or, where `open` is set, none that an anytime search looked at. */
  | { readonly choice?: undefined; readonly open?: Pick<Nearest, 'error' | 'lower'> };

/**
 * A choice of at most one value from each group whose sum is within t of the target, from as few of the first groups as have one. Exact; memory grows with the groups that are
 * needed.
 *
 * @param anytime where the exact search would not fit into memory, how many sums are looked at instead; left out, this is an error
 * @throws InputError that says how much memory it needs
 */
export function serveBySum(groups: Groups, target: number, t: number, anytime?: number): Served {
  const { values, ends } = groups;
  const sizes = groupSizes(ends);
  search.clear();
  for (let group = 0; group <= ends.length; group++) {
    if (search.within(target, t)) return { choice: padded(search.choice(), ends.length) };
    if (group === ends.length) break;
    const bytes = bytesWith(search.sizes, sizes[group]!);
    if (anytime === undefined)
      requireRoom(
        bytes,
        sizes,
        `the sums of ${sizes.length} neurons with up to ${Math.max(...sizes)} products each`,
        'let an anytime search take the nearest of so many sums (--anytime 1e9), or pass fewer neurons or resamplings',
      );
    else if (bytes > ANYTIME) return byAnytime(groups, target, t, anytime);
    search.add(values, group === 0 ? 0 : ends[group - 1]!, ends[group]!);
  }
  return {};
}

function byAnytime(groups: Groups, target: number, t: number, steps: number): Served {
  const { error, lower, exact, choice } = nearestSum(search, groups, target, t, { bytes: ANYTIME, steps });
  if (error <= t) return { choice };
  return exact ? {} : { open: { error, lower } };
}

const padded = (choice: number[], length: number): number[] => {
  while (choice.length < length) choice.push(-1);
  return choice;
};
