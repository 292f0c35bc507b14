import { stream } from '../../../core/rng.js';
import { strategyByName } from '../../search/strategies/index.js';
import { SubsetSums } from '../../search/subset/subset-sums.js';
import { blockIn } from '../blocks.js';

/** Strategies whose law is simulated: one weight, served by a sum over neurons. */
export const sumStrategies = ['subset-sum-first', 'subset-sum-fixed', 'subset-sum'] as const;
export type SumStrategy = (typeof sumStrategies)[number];

/** Trials `from` ... `to`-1 of one strategy at one R, as a message to a worker. */
export interface LawPart {
  readonly strategy: SumStrategy;
  readonly resamplings: number;
  readonly weight: number;
  /** Falling. */
  readonly tolerances: readonly number[];
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** The least tolerance whose sums fit into memory at R = 1. */
export const LEAST_TOLERANCE = 1e-6;

/** Sums of a half beyond which the next group is gone through value by value. */
const LARGE = 2 ** 22;

/** @returns row-major `[trials, tolerances]`: how many neurons, in the order they are drawn, it takes until the weight is served */
export default function neuronsUntilServed(part: LawPart): Int32Array {
  const { from, to, tolerances } = part;
  const neurons = new Int32Array((to - from) * tolerances.length);
  const search = new SubsetSums();
  for (let trial = from; trial < to; trial++)
    neurons.set(oneTrial(part, trial, search), (trial - from) * tolerances.length);
  return neurons;
}

/**
 * One trial, U[-1,1], sign +1. The samples depend on (seed, R, trial) alone, so that strategies and tolerances see the same neurons: what a stronger strategy or a
 * larger tolerance needs is never more.
 */
function oneTrial(part: LawPart, trial: number, search: SubsetSums): number[] {
  const { strategy, resamplings: R, weight, tolerances, seed } = part;
  const usable = strategyByName(strategy).usable!;
  const random = stream(seed, 'law', R, trial);
  const samples = new Float64Array(2 * R);
  const block = blockIn(samples, 1, 1, R);
  const least = tolerances.at(-1)!;
  const found: number[] = [];
  let error = Math.abs(weight);
  search.clear();
  for (let n = 0; ; n++) {
    while (found.length < tolerances.length && error <= tolerances[found.length]!) found.push(n);
    if (found.length === tolerances.length) return found;
    random.fill(samples);
    for (let i = 0; i < samples.length; i++) samples[i] = 2 * samples[i]! - 1;
    const products = productsOf(samples, usable(block, 0), R);
    if (products.length > 0) error = Math.min(error, errorWith(search, products, weight, least));
  }
}

function productsOf(samples: Float64Array, us: readonly number[], R: number): Float64Array {
  const products = new Float64Array(us.length * R);
  us.forEach((u, i) => {
    for (let v = 0; v < R; v++) products[i * R + v] = samples[u]! * samples[R + v]!;
  });
  return products;
}

/** How near the sums come with one more group; once as near as `least`, no nearer is looked for. */
function errorWith(search: SubsetSums, group: Float64Array, weight: number, least: number): number {
  const [left, right] = search.sizes;
  if (Math.min(left, right) * (1 + group.length) > LARGE) {
    let error = Number.POSITIVE_INFINITY;
    for (const value of group) {
      const rest = weight - value;
      error = Math.min(error, Math.abs(search.closest(rest, least) - rest));
      if (error <= least) return error;
    }
  }
  search.add(group);
  return Math.abs(search.closest(weight, least) - weight);
}
