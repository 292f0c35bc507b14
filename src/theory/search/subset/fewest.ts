import type { Groups } from './anytime.js';
import { SubsetSums } from './subset-sums.js';

/**
 * From groups of values at most one of each, with the fewest members whose sum is within t of a target; of those the nearest. Up to two members
 * are looked for one by one and pair by pair, a few hundred additions where sorting sums takes tens of thousands; beyond, sums meet in the
 * middle. One object serves many searches without taking memory anew.
 */
export class FewestMembers {
  readonly #sums = new SubsetSums({ counted: true });
  readonly #choice: number[] = [];

  /**
   * @param members filled with the places of the chosen values in `groups.values`: of the fewest, or, if no choice is within t, of the nearest
   * @param room called before sums are made, which take memory: throws if there is too little
   * @returns whether there is a choice within t
   */
  find(groups: Groups, target: number, t: number, members: number[], room?: () => void): boolean {
    members.length = 0;
    if (
      Math.abs(target) <= t ||
      oneMember(groups, target, t, members) ||
      twoMembers(groups, target, t, members)
    )
      return true;
    room?.();
    return this.#more(groups, target, t, members);
  }

  #more({ values, ends }: Groups, target: number, t: number, members: number[]): boolean {
    const start = (group: number) => (group === 0 ? 0 : ends[group - 1]!);
    this.#sums.clear();
    for (let group = 0; group < ends.length; group++) this.#sums.add(values, start(group), ends[group]!);
    const found = this.#sums.fewest(target, t) >= 0;
    if (!found) this.#sums.closest(target);
    for (const [group, chosen] of this.#sums.choice(this.#choice).entries())
      if (chosen >= 0) members.push(start(group) + chosen);
    return found;
  }
}

function oneMember({ values, ends }: Groups, target: number, t: number, members: number[]): boolean {
  let least = Number.POSITIVE_INFINITY;
  let best = -1;
  for (let i = 0; i < (ends.at(-1) ?? 0); i++) {
    const error = Math.abs(values[i]! - target);
    if (error < least) {
      least = error;
      best = i;
    }
  }
  if (least > t) return false;
  members.push(best);
  return true;
}

function twoMembers({ values, ends }: Groups, target: number, t: number, members: number[]): boolean {
  const total = ends.at(-1) ?? 0;
  let least = Number.POSITIVE_INFINITY;
  let [first, second] = [-1, -1];
  let i = 0;
  for (const end of ends)
    for (; i < end; i++) {
      const rest = target - values[i]!;
      for (let j = end; j < total; j++) {
        const error = Math.abs(values[j]! - rest);
        if (error < least) {
          least = error;
          first = i;
          second = j;
        }
      }
    }
  if (least > t) return false;
  members.push(first, second);
  return true;
}
