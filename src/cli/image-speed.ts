/** Over about so many steps a speed is taken. */
const STEPS = 20;

/** Images per second of a training, whose steps may end several at once. Times are in milliseconds, of any clock. */
export class ImageSpeed {
  #last = 0;
  #at = 0;
  #images = 0;
  #steps = 0;
  #warm = false;
  #speed = Number.NaN;

  /** What begins now is not to be counted with what was before. */
  restart(now: number): void {
    this.#last = now;
  }

  /** A step has ended. */
  step(images: number, now: number): void {
    this.#images += images;
    this.#steps++;
    this.#at = now;
  }

  /** The steps since the last call were taken together; the first ones, which build a graph, do not count. */
  taken(): void {
    if (this.#steps === 0) return;
    const current = (1000 * this.#images) / (this.#at - this.#last);
    const share = Number.isNaN(this.#speed) ? 1 : 1 - (1 - 1 / STEPS) ** this.#steps;
    if (this.#warm) this.#speed = share === 1 ? current : this.#speed + (current - this.#speed) * share;
    this.#warm = true;
    this.#last = this.#at;
    [this.#images, this.#steps] = [0, 0];
  }

  /** NaN before it is known. */
  get imagesPerSecond(): number {
    return this.#speed;
  }
}
