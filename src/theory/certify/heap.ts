/** A queue that gives its largest entries first. */
export class Heap<T> {
  readonly #entries: T[] = [];
  readonly #key: (entry: T) => number;

  constructor(key: (entry: T) => number) {
    this.#key = key;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The largest. */
  get top(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    const entries = this.#entries;
    const key = this.#key(entry);
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#key(entries[parent]!) >= key) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): T | undefined {
    const entries = this.#entries;
    const [top, last] = [entries[0], entries.pop()];
    if (entries.length === 0 || last === undefined) return top;
    const key = this.#key(last);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && this.#key(entries[child + 1]!) > this.#key(entries[child]!)) child++;
      if (this.#key(entries[child]!) <= key) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = last;
    return top;
  }
}
