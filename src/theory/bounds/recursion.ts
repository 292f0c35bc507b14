import { manySamples } from './many-samples.js';
import { oneSample } from './one-sample.js';

/** One block under re-sampling, as the recursion of docs/theory-width.md, section 5, sees it. */
export interface Game {
  /** R, samples of every v. */
  readonly resamplings: number;
  /** c: v, scaled, has at least this density on [-1, 1]; 1/2 for U[-1,1]. */
  readonly density: number;
  /** The law of the u that a neuron uses, rounded down: values in (0, 1], and u = 0 for unused. */
  readonly chances: readonly Chance[];
  /** The largest tolerance t among the weights, at most 1/3. */
  readonly tolerance: number;
}

export interface Chance {
  readonly u: number;
  readonly probability: number;
}

/** How finely the recursion is evaluated. Any grid gives an upper bound; a finer one a smaller. */
export interface Grid {
  /** Sizes |S| in a factor of two. */
  readonly perOctave: number;
  /** Points of the growth by one sample of v, which at most adds |S|. */
  readonly perSample: number;
}

/** The sizes T at which V_k is kept, geometric, and what one sample does there. */
export interface Sizes {
  readonly sizes: Float64Array;
  /** Of a size to the one before. */
  readonly ratio: number;
  /** g_u(x): a sample of v adds to a set of measure x at least this share of T in the mean. */
  growth(u: number, x: number): number;
  /** h_u(T): a sample of v hits the weight at least with this probability. */
  hit(u: number, size: number): number;
}

/** V_{k+1} at sizes[j], given nodes of V_k and their {@link kinkLosses}. */
export type Step = (value: Float64Array, losses: Float64Array, j: number) => number;

/** More than one sample's sums and products lose by rounding. */
const ROUNDING = 1e-12;

/**
 * The least n with V_n(2t) <= failure, for each tolerance t: so many neurons are enough for a weight.
 *
 * @param tolerances none above the game's
 * @param failure allowed for one weight, at least 1e-300
 * @param most the neurons after which it gives up
 * @returns undefined where it gave up
 */
export function recursionNeurons(
  game: Game,
  grid: Grid,
  tolerances: readonly number[],
  failure: number,
  most: number,
): (number | undefined)[] {
  const found: (number | undefined)[] = tolerances.map(() => undefined);
  let n = 0;
  for (const bound of failureBounds(game, grid, 2 * Math.min(...tolerances), failure * 1e-4)) {
    if (n > most || !found.includes(undefined)) return found;
    tolerances.forEach((t, i) => {
      if (found[i] === undefined && bound(2 * t) <= failure) found[i] = n;
    });
    n++;
  }
  return found;
}

/**
 * V_0, V_1, ... as functions of T >= smallest: V_k(T) bounds the failure of k more neurons where the slopes reached have measure T.
 * Each is a nonincreasing piecewise linear majorant, rounded upward.
 *
 * @param negligible values up to this are not lowered any more
 */
export function* failureBounds(
  game: Game,
  grid: Grid,
  smallest: number,
  negligible = 0,
): Generator<(size: number) => number> {
  const { resamplings: R } = game;
  const geometry = sizesFrom(game, grid, smallest);
  const { sizes, ratio } = geometry;
  const last = sizes.length - 1;
  const step = R === 1 ? oneSample(game, grid, geometry) : manySamples(game, grid, geometry);
  let value = new Float64Array(last + 1).fill(1);
  for (;;) {
    const now = value;
    yield (size) => Math.min(1, interpolate(sizes, now, size));
    const losses = kinkLosses(now, ratio);
    const next = new Float64Array(last + 1);
    for (let j = last; j >= 0; j--) {
      const kept = now[j]! <= negligible;
      const here = kept ? now[j]! : step(now, losses, j) * (1 + ROUNDING * R);
      next[j] = j === last ? here : Math.max(here, next[j + 1]!);
    }
    value = next;
  }
}

function sizesFrom({ density, tolerance }: Game, { perOctave }: Grid, smallest: number): Sizes {
  // J = [-t, 1].
  const whole = 1 + tolerance;
  const last = Math.ceil(perOctave * Math.log2(whole / smallest)) + 1;
  return {
    sizes: Float64Array.from({ length: last + 1 }, (_, j) => smallest * 2 ** (j / perOctave)),
    ratio: 2 ** (1 / perOctave),
    growth: (u, x) => (density * Math.max(0, u - x)) / u,
    hit: (u, size) => (density * Math.max(0, Math.min(size, whole) - (whole - u))) / u,
  };
}

/**
 * For every node a quarter of its concave kink, in units of the cell after it: what a function loses at most where it is interpolated
 * between two points no farther apart than that cell, the node between them.
 *
 * @param ratio of a cell's width to that of the cell before
 */
export function kinkLosses(value: Float64Array, ratio: number): Float64Array {
  const losses = new Float64Array(value.length);
  for (let i = 1; i < value.length; i++) {
    const after = i + 1 < value.length ? value[i]! - value[i + 1]! : 0;
    losses[i] = Math.max(0, after - (value[i - 1]! - value[i]!) * ratio) / 4;
  }
  return losses;
}

/** Linear between the nodes, constant beyond the last. */
function interpolate(sizes: Float64Array, value: Float64Array, size: number): number {
  let low = 0;
  let high = sizes.length - 1;
  if (size >= sizes[high]!) return value[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sizes[middle]! <= size) low = middle;
    else high = middle;
  }
  const s = Math.max(0, (size - sizes[low]!) / (sizes[high]! - sizes[low]!));
  return value[low]! * (1 - s) + value[high]! * s;
}
