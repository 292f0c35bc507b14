/**
 * All sums of at most one value from each of several groups, sorted; `counted`, one sorted list for each number of members.
 * Buffers are kept between uses and only grow, so that a search of a size seen before takes no memory.
 */
export class HalfSums {
  readonly #lift: 0 | 1;
  #sums = new Float64Array(64);
  #next = new Float64Array(64);
  #spare = new Float64Array(64);
  /** List k is sums[starts[k]] ... sums[starts[k+1] - 1]. */
  starts: number[] = [0, 1];
  #formerStarts: number[] = [];
  #values = new Float64Array(64);
  readonly #ends: number[] = [];
  readonly #runEnds: number[] = [];

  constructor(counted: boolean) {
    this.#lift = counted ? 1 : 0;
    this.clear();
  }

  /** Back to no group: the sum 0 alone. */
  clear(): void {
    this.starts.length = 2;
    this.starts[0] = 0;
    this.starts[1] = 1;
    this.#sums[0] = 0;
    this.#ends.length = 0;
  }

  get sums(): Float64Array {
    return this.#sums;
  }

  /** How many sums there are. */
  get size(): number {
    return this.starts.at(-1)!;
  }

  /** One list, or one for each number of members. */
  get lists(): number {
    return this.starts.length - 1;
  }

  /** Adds the group values[from] ... values[to-1]. */
  add(values: Float64Array, from: number, to: number): void {
    const count = to - from;
    const held = this.#ends.at(-1) ?? 0;
    this.#values = grown(this.#values, held + count);
    for (let i = 0; i < count; i++) this.#values[held + i] = values[from + i]!;
    this.#ends.push(held + count);
    if (count === 0) return;
    const size = this.size * (1 + count);
    this.#next = grown(this.#next, size);
    if (count > 1) this.#spare = grown(this.#spare, size);
    const before = this.starts;
    const lists = before.length - 1;
    const after = this.#formerStarts;
    after.length = 0;
    after.push(0);
    for (let k = 0; k < lists + this.#lift; k++) {
      const without = k < lists ? before[k + 1]! - before[k]! : 0;
      const lower = k - this.#lift;
      const withOne = lower >= 0 ? count * (before[lower + 1]! - before[lower]!) : 0;
      after.push(after[k]! + without + withOne);
    }
    for (let k = 0; k < lists + this.#lift; k++) this.#merge(k, after[k]!, held, count);
    [this.#sums, this.#next] = [this.#next, this.#sums];
    [this.starts, this.#formerStarts] = [after, before];
  }

  /** Writes list k of the next sums from `at` on: list k as it is, and list k (k-1 where counted) shifted by each value. */
  #merge(k: number, at: number, held: number, count: number): void {
    const { starts } = this;
    const lower = k - this.#lift;
    const [own, ownEnd] = k < starts.length - 1 ? [starts[k]!, starts[k + 1]!] : [0, 0];
    const [base, baseEnd] = lower >= 0 ? [starts[lower]!, starts[lower + 1]!] : [0, 0];
    if (count === 1) {
      merge(this.#sums, own, ownEnd, 0, base, baseEnd, this.#values[held]!, this.#next, at);
      return;
    }
    const runs = 1 + count;
    // Merging runs in pairs takes so many passes; the last one has to end in #next.
    let to = Math.ceil(Math.log2(runs)) % 2 === 1 ? this.#next : this.#spare;
    const ends = this.#runEnds;
    ends.length = 0;
    let end = at;
    for (let run = 0; run < runs; run += 2) {
      const [a, aEnd] = run === 0 ? [own, ownEnd] : [base, baseEnd];
      const aShift = run === 0 ? 0 : this.#values[held + run - 1]!;
      const bEnd = run + 1 < runs ? baseEnd : base;
      end = merge(this.#sums, a, aEnd, aShift, base, bEnd, this.#values[held + run]!, to, end);
      ends.push(end);
    }
    while (ends.length > 1) {
      const source = to;
      to = to === this.#next ? this.#spare : this.#next;
      let written = 0;
      let from = at;
      for (let run = 0; run < ends.length; run += 2) {
        const middle = ends[run]!;
        const stop = ends[run + 1] ?? middle;
        merge(source, from, middle, 0, middle, stop, 0, to, from);
        ends[written++] = stop;
        from = stop;
      }
      ends.length = written;
    }
  }

  /**
   * Which values make up a sum of list k, exactly as it was added up: their numbers within the groups, -1 for none.
   *
   * @param out one entry for each group
   */
  decode(k: number, sum: number, out: number[]): void {
    out.length = this.#ends.length;
    if (!this.#find(0, 0, this.#lift === 1 ? k : Number.POSITIVE_INFINITY, sum, out))
      throw new Error('a sum that was never made');
  }

  #find(group: number, partial: number, members: number, sum: number, out: number[]): boolean {
    const left = this.#ends.length - group;
    if (left === 0) return partial === sum && (members === 0 || members === Number.POSITIVE_INFINITY);
    if (members !== Number.POSITIVE_INFINITY && members > left) return false;
    out[group] = -1;
    if (this.#find(group + 1, partial, members, sum, out)) return true;
    if (members === 0) return false;
    const start = group === 0 ? 0 : this.#ends[group - 1]!;
    for (let i = start; i < this.#ends[group]!; i++) {
      out[group] = i - start;
      if (this.#find(group + 1, partial + this.#values[i]!, members - 1, sum, out)) return true;
    }
    return false;
  }
}

/** Merges two sorted stretches of `from`, each shifted, into `to` from `at` on. @returns the end of what was written */
function merge(
  from: Float64Array,
  a: number,
  aEnd: number,
  aShift: number,
  b: number,
  bEnd: number,
  bShift: number,
  to: Float64Array,
  at: number,
): number {
  if (a < aEnd && b < bEnd) {
    let x = from[a]! + aShift;
    let y = from[b]! + bShift;
    for (;;) {
      if (x <= y) {
        to[at++] = x;
        if (++a === aEnd) break;
        x = from[a]! + aShift;
      } else {
        to[at++] = y;
        if (++b === bEnd) break;
        y = from[b]! + bShift;
      }
    }
  }
  while (a < aEnd) to[at++] = from[a++]! + aShift;
  while (b < bEnd) to[at++] = from[b++]! + bShift;
  return at;
}

/** The array, or a larger copy that holds `size`. */
function grown(array: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  if (array.length >= size) return array;
  const larger = new Float64Array(size > 1e6 ? size : 2 * size);
  larger.set(array);
  return larger;
}
