import { HalfSums } from './half-sums.js';

/**
 * From groups of values at most one of each, so that the sum is near a target: exact, by meeting in the middle. The groups are dealt to two
 * halves, whose sums are kept sorted; a target is looked for by one pointer up the one and one down the other. Time and memory are of
 * the order of the square root of the number of combinations.
 *
 * An object is made once and used for many searches: {@link clear}, {@link add} each group, ask. Groups may be added after a question.
 */
export class SubsetSums {
  readonly #halves: readonly [HalfSums, HalfSums];
  /** The half of each group. */
  readonly #side: (0 | 1)[] = [];
  #error = Number.POSITIVE_INFINITY;
  #found = { i: 0, j: 0, left: 0, right: 0 };
  readonly #codes: [number[], number[]] = [[], []];

  /** @param counted sums are kept apart by their number of members, as {@link fewest} needs */
  constructor({ counted = false }: { readonly counted?: boolean } = {}) {
    this.#halves = [new HalfSums(counted), new HalfSums(counted)];
  }

  /** Back to no group. */
  clear(): void {
    for (const half of this.#halves) half.clear();
    this.#side.length = 0;
  }

  /** Adds the group values[from] ... values[to-1], finite numbers; it goes to the half with fewer sums. */
  add(values: Float64Array, from = 0, to = values.length): void {
    const [left, right] = this.#halves;
    const side = left.size <= right.size ? 0 : 1;
    this.#halves[side].add(values, from, to);
    this.#side.push(side);
  }

  /** The numbers of sums that the two halves hold. */
  get sizes(): readonly [number, number] {
    return [this.#halves[0].size, this.#halves[1].size];
  }

  /** The sum found last. */
  get sum(): number {
    return this.#found.left + this.#found.right;
  }

  /** Whether some choice has |sum - target| <= t; {@link sum} is then one of them. */
  within(target: number, t: number): boolean {
    return this.#search(target, t) <= t;
  }

  /** The sum nearest to the target over all choices; the first seen that is as near as `enough`, if there is one. */
  closest(target: number, enough = -1): number {
    this.#search(target, enough);
    return this.sum;
  }

  /**
   * The least number of members of a choice with |sum - target| <= t, and of those choices the nearest to the target.
   *
   * @returns -1 if there is none
   */
  fewest(target: number, t: number): number {
    const [left, right] = this.#halves;
    for (let members = 0; members <= left.lists + right.lists - 2; members++) {
      this.#error = Number.POSITIVE_INFINITY;
      const last = Math.min(members, left.lists - 1);
      for (let i = Math.max(0, members - right.lists + 1); i <= last; i++)
        this.#scan(i, members - i, target, -1);
      if (this.#error <= t) return members;
    }
    return -1;
  }

  /** The choice behind {@link sum}: for each group the number of its value, -1 for none. */
  choice(out: number[] = []): number[] {
    const { i, j, left, right } = this.#found;
    this.#halves[0].decode(i, left, this.#codes[0]);
    this.#halves[1].decode(j, right, this.#codes[1]);
    out.length = this.#side.length;
    let [a, b] = [0, 0];
    this.#side.forEach((side, group) => {
      out[group] = side === 0 ? this.#codes[0][a++]! : this.#codes[1][b++]!;
    });
    return out;
  }

  /** Goes through all lists until a sum is as near as `enough`. @returns the least distance seen */
  #search(target: number, enough: number): number {
    const [left, right] = this.#halves;
    this.#error = Number.POSITIVE_INFINITY;
    for (let i = 0; i < left.lists; i++)
      for (let j = 0; j < right.lists; j++) {
        this.#scan(i, j, target, enough);
        if (this.#error <= enough) return this.#error;
      }
    return this.#error;
  }

  #scan(i: number, j: number, target: number, enough: number): void {
    const [{ sums: left, starts: leftStarts }, { sums: right, starts: rightStarts }] = this.#halves;
    let a = leftStarts[i]!;
    const aEnd = leftStarts[i + 1]!;
    const bFirst = rightStarts[j]!;
    let b = rightStarts[j + 1]! - 1;
    let best = this.#error;
    let [bestA, bestB] = [-1, -1];
    while (a < aEnd && b >= bFirst) {
      const off = left[a]! + right[b]! - target;
      const error = off < 0 ? -off : off;
      if (error < best) {
        best = error;
        bestA = a;
        bestB = b;
        if (best <= enough) break;
      }
      if (off > 0) b--;
      else a++;
    }
    if (bestA < 0) return;
    this.#error = best;
    const found = this.#found;
    found.i = i;
    found.j = j;
    found.left = left[bestA]!;
    found.right = right[bestB]!;
  }
}

/** Bytes that {@link SubsetSums} takes for groups of these sizes, added in this order. */
export function subsetSumBytes(groupSizes: Iterable<number>): number {
  const sizes: [number, number] = [1, 1];
  const peaks: [number, number] = [3, 3];
  for (const size of groupSizes) {
    const side = sizes[0] <= sizes[1] ? 0 : 1;
    const next = sizes[side] * (1 + size);
    // The sums so far, the next ones, and room to merge them in.
    peaks[side] = sizes[side] + (size > 1 ? 2 : 1) * next;
    sizes[side] = next;
  }
  return 8 * (peaks[0] + peaks[1]);
}
