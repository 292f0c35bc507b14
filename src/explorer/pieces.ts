/** The page's work in pieces, each a task of its own, so that none holds the page for long; what is asked for again before its turn is done once. */
export class Pieces {
  readonly #waiting = new Map<string, () => void>();
  #planned = false;

  add(name: string, work: () => void): void {
    this.#waiting.set(name, work);
    this.#plan();
  }

  #plan(): void {
    if (this.#planned || this.#waiting.size === 0) return;
    this.#planned = true;
    setTimeout(() => {
      this.#planned = false;
      const [name, work] = this.#waiting.entries().next().value!;
      this.#waiting.delete(name);
      this.#plan();
      work();
    });
  }
}
