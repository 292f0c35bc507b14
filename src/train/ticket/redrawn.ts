/** What the seeds in a ticket's header give back beside the weights, to code the ticket by: the reader draws the same. */
export interface Redrawn {
  /** Which places of a layer a randomization (from 1) replaces where they are pruned: 1, else 0; row-major. */
  readonly chosen?: (layer: string, randomization: number) => Uint8Array;
  /** A layer's first scores, row-major: what starts above the threshold mostly ends above it. */
  readonly scores?: (layer: string) => Float32Array;
}

/**
 * Where each value lies among the quantiles 0, 1/(knots-1), ..., 1 of all: the number of the knot below it, from 0 to
 * knots - 2, plus the way to the next one.
 */
export function quantilePositions(values: Float32Array, knots: number): Float64Array {
  const sorted = values.slice().sort();
  const quantile = Float64Array.from(
    { length: knots },
    (_, j) => sorted[Math.floor((j * (sorted.length - 1)) / (knots - 1))]!,
  );
  const position = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let low = 0;
    let high = knots - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (quantile[middle]! <= value) low = middle;
      else high = middle;
    }
    const span = quantile[high]! - quantile[low]!;
    const way = span > 0 ? (value - quantile[low]!) / span : 0;
    // A position never reaches the last knot, so that there is always a next one.
    position[i] = low + Math.max(0, Math.min(way, 1 - 2 ** -20));
  }
  return position;
}
