/**
 * A function's concave envelope on an interval, from points added in the order of x: the most that E f(X) can be over laws of X
 * with the mean asked for.
 */
export class Envelope {
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  #count = 0;

  /** @param most points that will be added */
  constructor(most: number) {
    this.#x = new Float64Array(most);
    this.#y = new Float64Array(most);
  }

  clear(): void {
    this.#count = 0;
  }

  add(x: number, y: number): void {
    const [xs, ys] = [this.#x, this.#y];
    let last = this.#count - 1;
    while (last > 0) {
      const [x0, y0] = [xs[last - 1]!, ys[last - 1]!];
      // The last point stays only if it lies above the line from the one before it to the new one.
      if ((ys[last]! - y0) * (x - x0) > (y - y0) * (xs[last]! - x0)) break;
      last--;
    }
    xs[last + 1] = x;
    ys[last + 1] = y;
    this.#count = last + 2;
  }

  /** The points of a piecewise linear f on the cell from x to x + width, raised by a bump of height `loss` that is 0 at its ends; its right end included. */
  addCell(x: number, width: number, left: number, right: number, loss: number): void {
    if (loss > 0) {
      // A bump 4 loss s (1-s) lies below the trapezoid of these.
      this.add(x + 0.25 * width, 0.75 * left + 0.25 * right + loss);
      this.add(x + 0.75 * width, 0.25 * left + 0.75 * right + loss);
    }
    this.add(x + width, right);
  }

  /** The envelope at x, within the points' range. */
  at(x: number): number {
    const k = this.#segment(x);
    const part = Math.max(0, Math.min(1, (x - this.#x[k]!) / (this.#x[k + 1]! - this.#x[k]!)));
    return this.#y[k]! * (1 - part) + this.#y[k + 1]! * part;
  }

  /** Its slope there; to the right of a corner. */
  slopeAt(x: number): number {
    const k = this.#segment(x);
    return (this.#y[k + 1]! - this.#y[k]!) / (this.#x[k + 1]! - this.#x[k]!);
  }

  #segment(x: number): number {
    let [low, high] = [0, this.#count - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#x[middle]! <= x) low = middle;
      else high = middle;
    }
    return low;
  }
}
