import { type SubsetSums, subsetSumBytes } from './subset-sums.js';

/** Groups of numbers: group i is values[ends[i-1]] ... values[ends[i] - 1], the first from values[0] on. */
export interface Groups {
  readonly values: Float64Array;
  readonly ends: readonly number[];
}

/** What a search with limits found. */
export interface Nearest {
  readonly sum: number;
  /** For each group the number of its value, -1 for none. */
  readonly choice: number[];
  /** |sum - target|. */
  readonly error: number;
  /** No choice is nearer to the target than this: the error itself where all of them were looked at. */
  readonly lower: number;
  /** Whether all choices were looked at. */
  readonly exact: boolean;
}

/** What {@link nearestSum} may take. */
export interface SearchLimits {
  /** Bytes for sorted sums. */
  readonly bytes: number;
  /** Sums looked at once the memory is full. */
  readonly steps: number;
}

/**
 * The nearest sum of at most one value from each group, as good as limits allow: the first groups meet in the middle, as many as fit into the memory,
 * and the choices from the others are gone through one after the other, from none on, until a sum is within t, all are done or the steps are used up. The
 * error never grows with the steps, and it is exact where they are enough.
 *
 * @param search emptied first, not counted
 */
export function nearestSum(
  search: SubsetSums,
  groups: Groups,
  target: number,
  t: number,
  limits: SearchLimits,
): Nearest {
  const { values, ends } = groups;
  const start = (group: number) => (group === 0 ? 0 : ends[group - 1]!);
  const inner = groupsThatFit(groups, limits.bytes);
  search.clear();
  for (let group = 0; group < inner; group++) search.add(values, start(group), ends[group]!);
  const scan = search.sizes[0] + search.sizes[1];
  // A number for each other group, -1 for none: an odometer.
  const outer: number[] = ends.slice(inner).map(() => -1);
  let best = { error: Number.POSITIVE_INFINITY, sum: 0, choice: [] as number[] };
  let left = limits.steps;
  for (;;) {
    let partial = 0;
    outer.forEach((chosen, k) => {
      if (chosen >= 0) partial += values[start(inner + k) + chosen]!;
    });
    const sum = partial + search.closest(target - partial);
    const error = Math.abs(sum - target);
    if (error < best.error) best = { error, sum, choice: [...search.choice(), ...outer] };
    left -= scan;
    const done = best.error <= t;
    const more = !done && advance(outer, (k) => ends[inner + k]! - start(inner + k));
    if (done || !more || left < scan) {
      const exact = !done && !more;
      return { ...best, exact, lower: exact ? best.error : Math.min(best.error, outOfReach(groups, target)) };
    }
  }
}

/** How many values each group has. */
export const groupSizes = (ends: readonly number[]): number[] =>
  ends.map((end, group) => end - (group === 0 ? 0 : ends[group - 1]!));

/** How many groups, from the first on, meet in the middle within so many bytes. */
function groupsThatFit({ ends }: Groups, bytes: number): number {
  const sizes = groupSizes(ends);
  let [low, high] = [0, sizes.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (subsetSumBytes(sizes.slice(0, middle)) <= bytes) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The next choice. @returns false after the last */
function advance(chosen: number[], size: (k: number) => number): boolean {
  for (let k = 0; k < chosen.length; k++) {
    if (chosen[k]! + 1 < size(k)) {
      chosen[k]!++;
      return true;
    }
    chosen[k] = -1;
  }
  return false;
}

/** How far the target lies outside of what the groups' largest and least values add up to. */
function outOfReach({ values, ends }: Groups, target: number): number {
  let [low, high] = [0, 0];
  ends.forEach((end, group) => {
    const own = values.subarray(group === 0 ? 0 : ends[group - 1]!, end);
    low += own.reduce((least, x) => Math.min(least, x), 0);
    high += own.reduce((most, x) => Math.max(most, x), 0);
  });
  return Math.max(0, low - target, target - high);
}
