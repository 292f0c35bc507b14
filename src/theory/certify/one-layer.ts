import type { Pair } from './pair.js';
import { norm } from './point.js';
import { normAbove, slack, up } from './rounding.js';

/** The largest ||g - f|| of a pair of one layer, and a point where it is reached. */
export interface Maximum {
  readonly x: Float64Array;
  /** In doubles, and at least the true value. */
  readonly upper: number;
}

/**
 * The exact maximum over [-1, 1]^{d_0} for l = 1, up to rounding. There e(x) = sum_j phi_j(x_j), and phi_j is linear on each side of
 * 0, so ||e|| is convex in x_j on [-1, 0] and on [0, 1] and its maximum lies at a point of coordinates -1, 0 and 1. (Where both
 * signs have the same column, it is convex on all of [-1, 1] and 0 is not needed.)
 *
 * The points are enumerated coordinate by coordinate, largest columns first, leaving out what cannot beat the best so far: the rest adds at most
 * the maximum of the problem of the rest alone, which was solved before, and coordinate by coordinate at most the sum of its ranges.
 *
 * A generator that yields now and then; stop it to give up.
 */
export function* enumerateSteps({ layers }: Pair): Generator<void, Maximum> {
  const search = new Enumeration(layers[0]!);
  for (let from = search.count - 1; from >= 0; from--) yield* search.solve(from);
  return search.maximum();
}

type Layer = Pair['layers'][number];

/** Choices of a coordinate: where it is, and what it adds to e. */
interface Choice {
  readonly at: number;
  readonly adds: Float64Array;
}

/** Outputs of the nodes between two yields, about 10 ms. */
const PIECE = 1 << 18;

class Enumeration {
  readonly #inputs: readonly number[];
  readonly #choices: readonly (readonly Choice[])[];
  /** Of the coordinates from k on: what they add at least and most to each output, and at most to the norm. */
  readonly #low: Float64Array[];
  readonly #high: Float64Array[];
  readonly #best: number[];
  readonly #outputs: number;
  #point: Float64Array;

  constructor({ inputs, outputs, change, negative }: Layer) {
    const column = (matrix: Float64Array, j: number, sign: number) =>
      Float64Array.from({ length: outputs }, (_, r) => sign * matrix[r * inputs + j]!);
    const all = Array.from({ length: inputs }, (_, j): Choice[] => {
      const right = column(change, j, 1);
      const left = column(negative!.change, j, -1);
      const straight = right.every((v, r) => v === -left[r]!);
      const ends = [
        { at: 1, adds: right },
        { at: -1, adds: left },
      ];
      return straight ? ends : [...ends, { at: 0, adds: new Float64Array(outputs) }];
    });
    const largest = (choices: readonly Choice[]) => Math.max(...choices.map(({ adds }) => norm(adds)));
    this.#inputs = all.map((_, j) => j).sort((a, b) => largest(all[b]!) - largest(all[a]!));
    this.#choices = this.#inputs.map((j) => all[j]!);
    this.#outputs = outputs;
    this.#low = [new Float64Array(outputs)];
    this.#high = [new Float64Array(outputs)];
    for (const choices of this.#choices.toReversed()) {
      const of = (pick: (...values: number[]) => number, before: Float64Array) =>
        before.map((v, r) => v + pick(...choices.map(({ adds }) => adds[r]!)));
      this.#low.unshift(of(Math.min, this.#low[0]!));
      this.#high.unshift(of(Math.max, this.#high[0]!));
    }
    // Nothing is known of a problem that was not solved yet; the empty one adds 0.
    this.#best = [...new Array<number>(inputs).fill(Number.POSITIVE_INFINITY), 0];
    this.#point = new Float64Array(inputs);
  }

  get count(): number {
    return this.#inputs.length;
  }

  /** The maximum over the coordinates from k on alone, the later ones being solved. */
  *solve(from: number): Generator<void, void> {
    const sums = Array.from({ length: this.count + 1 }, () => new Float64Array(this.#outputs));
    const taken = new Int32Array(this.count + 1);
    let best = -1;
    let worked = 0;
    for (let depth = from; depth >= from; ) {
      worked += this.#outputs + 1;
      if (worked > PIECE) {
        worked = 0;
        yield;
      }
      const choices = this.#choices[depth];
      if (choices === undefined) {
        const value = norm(sums[depth]!);
        if (value > best) {
          best = value;
          for (let k = from; k < this.count; k++)
            this.#point[this.#inputs[k]!] = this.#choices[k]![taken[k]! - 1]!.at;
        }
        depth--;
      } else if (taken[depth] === choices.length || !(this.#reach(sums[depth]!, depth) > best)) {
        taken[depth] = 0;
        depth--;
      } else {
        const { adds } = choices[taken[depth]!]!;
        taken[depth]!++;
        const [here, next] = [sums[depth]!, sums[depth + 1]!];
        for (let r = 0; r < this.#outputs; r++) next[r] = here[r]! + adds[r]!;
        depth++;
      }
    }
    this.#best[from] = best;
  }

  /** At most this norm can be reached from the sum over the coordinates before k. */
  #reach(sum: Float64Array, k: number): number {
    const [low, high] = [this.#low[k]!, this.#high[k]!];
    let [squares, boxed] = [0, 0];
    for (let r = 0; r < sum.length; r++) {
      const v = sum[r]!;
      squares += v * v;
      const most = Math.max(v + high[r]!, -v - low[r]!);
      boxed += most * most;
    }
    return Math.min(Math.sqrt(squares) + this.#best[k]!, Math.sqrt(boxed));
  }

  /**
   * Every norm and bound above is off by at most `error`, and a later problem's maximum enters an earlier one's, so errors add up
   * over the coordinates.
   */
  maximum(): Maximum {
    const most = new Float64Array(this.#outputs);
    for (const choices of this.#choices)
      most.forEach((_, r) => {
        most[r]! += Math.max(...choices.map(({ adds }) => Math.abs(adds[r]!)));
      });
    const error = normAbove(most) * slack(2 * this.count + this.#outputs);
    return { x: this.#point, upper: up(this.#best[0]! + up((this.count + 2) * 2 * error)) };
  }
}
