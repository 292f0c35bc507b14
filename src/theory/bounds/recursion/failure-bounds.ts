import { cellLoss } from './cell.js';
import type { Game, Law } from './game.js';
import { Row } from './row.js';
import { type Place, placeOf, type Sizes, sizesFrom } from './sizes.js';

/** More than one sample's sums and products lose by rounding, relative to the value. */
const ROUNDING = 1e-10;
/** Sets that one neuron leaves smaller than this are looked at with fewer u. */
const SMALL = 0.06;

/**
 * V_0, V_1, ... as functions of T >= smallest: V_k(T) bounds the failure of k more neurons where the slopes reached have measure T.
 * Each is nonincreasing, linear between nodes and everywhere above the recursion's; rounding is upward.
 *
 * @param perOctave sizes T in a factor of two; what is lost is of second order in 1/perOctave
 * @param negligible values up to this are not lowered any more; at least 1e-296
 */
export function* failureBounds(
  game: Game,
  perOctave: number,
  smallest: number,
  negligible = 1e-296,
): Generator<(size: number) => number> {
  const whole = 1 + game.tolerance;
  const sizes = sizesFrom(smallest, whole, perOctave);
  const { nodes, middle } = sizes;
  const last = nodes.length - 1;
  const beyond = beyondMiddle(game, sizes);
  const bins = binsOf(sizes);
  const below = new Below(game, sizes);
  let value = new Float64Array(last + 1).fill(1);
  for (;;) {
    const now = value;
    yield (size) => Math.min(1, interpolate(nodes, now, size));
    const next = new Float64Array(last + 1);
    const losses = new Float64Array(last + 1);
    for (let j = middle; j <= last; j++) next[j] = beyond.factors[j]! * now[j]!;
    below.step(now, next, losses);
    raise(sizes, bins, next, losses);
    for (let j = last; j >= middle; j--) {
      const loss = Math.max(beyond.losses[j]!, j > middle ? beyond.losses[j - 1]! : 0);
      next[j] = next[j]! + loss * now[Math.max(middle, j - 1)]!;
    }
    for (let j = last; j >= 0; j--) {
      const kept = Math.max(next[j]! * (1 + ROUNDING * (game.resamplings + 2)), negligible);
      const after = j === last ? 0 : next[j + 1]!;
      // Two neighbours of at least 1 may both be lowered; one alone may not, the line after it would be too low.
      next[j] = after >= 1 ? after : Math.max(kept, after);
    }
    value = next;
  }
}

/** From half of J on the hits make up for the growth that is asked for: V_{k+1} = E (1 - h)^R V_k. By nodes, and what cells lose relative to V_k. */
function beyondMiddle({ resamplings: R, density: c, law }: Game, { nodes, middle }: Sizes) {
  const whole = nodes.at(-1)!;
  const factors = new Float64Array(nodes.length);
  const losses = new Float64Array(nodes.length);
  const rate = (j: number, u: number) => c * (1 - (whole - nodes[j]!) / u);
  for (let j = middle; j < nodes.length; j++) {
    factors[j] = law.unused;
    law.nodes.forEach((u, i) => {
      factors[j]! += law.weights[i]! * (1 - Math.max(0, rate(j, u))) ** R;
    });
    // (1 - h)^R is convex, save where h begins to be positive.
    for (let i = 0; j + 1 < nodes.length && i + 1 < law.nodes.length; i++) {
      const [lowest, highest] = [rate(j, law.nodes[i + 1]!), rate(j + 1, law.nodes[i]!)];
      if (lowest < 0 && highest > 0) losses[j]! += law.masses[i]! * Math.min(1, (R * (highest - lowest)) / 4);
    }
  }
  return { factors, losses };
}

/** The places of all sizes up to the middle, and two rows for each law, which move from size to size. */
class Below {
  readonly #game: Game;
  readonly #sizes: Sizes;
  readonly #places: Place[];
  readonly #rows: readonly {
    readonly rows: readonly [Row, Row];
    readonly from: number;
    readonly to: number;
  }[];

  constructor(game: Game, sizes: Sizes) {
    const { nodes, middle } = sizes;
    [this.#game, this.#sizes] = [game, sizes];
    this.#places = Array.from({ length: middle + 1 }, (_, j) => placeOf(sizes, j, game.resamplings));
    let border = 0;
    while (border < middle && nodes[border]! * (1 + game.resamplings) < SMALL) border++;
    const stride = Math.max(...this.#places.map(({ ends }) => ends.length));
    const two = (law: Law): [Row, Row] => {
      const row = () => new Row(game, sizes, this.#places[0]!, law, stride);
      return [row(), row()];
    };
    this.#rows = [
      { rows: two(game.law), from: border, to: middle },
      { rows: two(game.coarse), from: 0, to: border },
    ];
  }

  /** V_{k+1} at the nodes before the middle, and what the cells after them lose relative to it. */
  step(now: Float64Array, next: Float64Array, losses: Float64Array): void {
    const { middle } = this.#sizes;
    let start = 0;
    // V <= 1: nothing is gained where even the largest set would fail. (V_0 is 1 everywhere.)
    if (now.at(-1)! < 1)
      while (start < middle && now[this.#places[start + 1]!.tops.at(-1)!]! > 1 - 1e-9) start++;
    for (const { rows, from, to } of this.#rows) {
      const first = Math.max(from, start);
      let [low, high] = rows;
      for (let j = to; j >= first && first < to; j--) {
        const here = low.step(this.#places[j]!, now);
        // The middle itself is known; a border has both laws.
        if (j < middle) next[j] = Math.max(next[j]!, here);
        if (j < to) losses[j] = cellLoss(this.#game, this.#sizes, low, high);
        [low, high] = [high, low];
      }
    }
    for (let j = start; j < middle; j++) losses[j]! /= Math.min(next[j]!, next[j + 1]!);
    if (start > 0) next.fill(1, 0, start + 1);
  }
}

/** Ranges of sizes before the middle, between nodes: octaves, and shorter towards it. */
function binsOf({ nodes, middle }: Sizes): number[] {
  const before = (size: number) => {
    let k = middle;
    while (k > 0 && nodes[k]! > size) k--;
    return k;
  };
  const half = nodes[middle]!;
  const bins = new Set([middle]);
  for (let d = 0.05; d < 0.5; d *= 2) bins.add(before(half * (1 - d)));
  for (let size = half / 2; !bins.has(0); size /= 2) bins.add(before(size));
  return [...bins].sort((a, b) => a - b);
}

/**
 * Raises V_{k+1} by what its cells lose relative to it: in each bin by the most of the bin, and linearly in between, so that what is lost once makes no kinks
 * at which more would be lost later.
 */
function raise(
  { nodes, middle }: Sizes,
  bins: readonly number[],
  next: Float64Array,
  losses: Float64Array,
): void {
  const most = bins.slice(0, -1).map((from, i) => Math.max(...losses.subarray(from, bins[i + 1]!)));
  const at = bins.map((_, i) => Math.max(most[i - 1] ?? 0, most[i] ?? 0));
  for (let i = 0; i + 1 < bins.length; i++) {
    const [from, to] = [bins[i]!, bins[i + 1]!];
    for (let j = from; j < to; j++) {
      const part = (nodes[j]! - nodes[from]!) / (nodes[to]! - nodes[from]!);
      next[j]! *= 1 + at[i]! * (1 - part) + at[i + 1]! * part;
    }
  }
  for (let j = middle; j < nodes.length; j++) next[j]! *= 1 + at.at(-1)!;
}

/** Linear between the nodes, constant beyond the last. */
function interpolate(nodes: Float64Array, value: Float64Array, size: number): number {
  let low = 0;
  let high = nodes.length - 1;
  if (size >= nodes[high]!) return value[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (nodes[middle]! <= size) low = middle;
    else high = middle;
  }
  const s = Math.max(0, (size - nodes[low]!) / (nodes[high]! - nodes[low]!));
  return value[low]! * (1 - s) + value[high]! * s;
}
