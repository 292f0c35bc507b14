import { InputError } from '../../../core/errors.js';
import { stream } from '../../../core/rng.js';
import { parseDistribution, type WeightDistribution, type WeightLaw } from '../../problem/distribution.js';
import { strategyByName } from '../../search/strategies/index.js';
import { SubsetSums } from '../../search/subset/subset-sums.js';
import { blockIn } from '../blocks.js';

/** Strategies whose law is simulated: one weight, served by a sum over neurons. */
export const sumStrategies = ['subset-sum-first', 'subset-sum-fixed', 'subset-sum'] as const;
export type SumStrategy = (typeof sumStrategies)[number];

/** The probability that a neuron has a u that a strategy may use, one side, for a symmetric law without an atom at 0. */
export const usableShare = (strategy: SumStrategy, law: WeightLaw, R: number): number =>
  strategy === 'subset-sum-first' ? 1 - ((1 + law.mass(0, 2 / 3)) / 2) ** R : 1 - 2 ** -R;

/** Trials `from` ... `to`-1 of one strategy at one R, as a message to a worker. */
export interface LawPart {
  readonly strategy: SumStrategy;
  readonly resamplings: number;
  readonly weight: number;
  /** A {@link parseDistribution} name. */
  readonly distribution: string;
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

/** Sums of a half beyond which a trial is given up. */
const MOST = 2 ** 24;

/**
 * @returns row-major `[trials, tolerances]`: how many neurons, in the order they are drawn, it takes until the weight is served
 * @throws InputError where its sums no longer fit into memory
 */
export default function neuronsUntilServed(part: LawPart): Int32Array {
  const { from, to, tolerances } = part;
  const neurons = new Int32Array((to - from) * tolerances.length);
  const search = new SubsetSums();
  const law = parseDistribution(part.distribution);
  for (let trial = from; trial < to; trial++)
    neurons.set(oneTrial(part, trial, law, search), (trial - from) * tolerances.length);
  return neurons;
}

/**
 * One trial, sign +1. The samples depend on (seed, R, trial) alone, so that strategies and tolerances see the same neurons: what a stronger strategy or a
 * larger tolerance needs is never more.
 */
function oneTrial(part: LawPart, trial: number, law: WeightDistribution, search: SubsetSums): number[] {
  const { strategy, resamplings: R, weight, tolerances, seed } = part;
  const usable = strategyByName(strategy).usable!;
  const random = stream(seed, 'law', R, trial);
  const samples = new Float64Array(2 * R);
  const block = blockIn(samples, 1, 1, R);
  const least = tolerances.at(-1)!;
  const hasAtoms = law.leastDensity(1e-9) === 0;
  const found: number[] = [];
  let error = Math.abs(weight);
  search.clear();
  // Sums are made once the weight is within reach of the largest and the least product of each neuron.
  const waiting: Float64Array[] = [];
  let [low, high, logChoices] = [0, 0, 0];
  for (let n = 0; ; n++) {
    while (found.length < tolerances.length && error <= tolerances[found.length]!) found.push(n);
    if (found.length === tolerances.length) return found;
    random.fill(samples);
    for (let i = 0; i < samples.length; i++) samples[i] = law.quantile(samples[i]!);
    const all = productsOf(samples, usable(block, 0), R);
    // With weights of few values products repeat.
    const products = hasAtoms ? Float64Array.from(new Set(all)) : all;
    if (products.length === 0) continue;
    low += products.reduce((a, b) => Math.min(a, b), 0);
    high += products.reduce((a, b) => Math.max(a, b), 0);
    logChoices += Math.log1p(products.length);
    waiting.push(products);
    if (weight < low - tolerances[0]! || weight > high + tolerances[0]!) {
      // Two halves of at most so many sums.
      if (logChoices > 2 * Math.log(MOST)) throw tooMany(part);
      continue;
    }
    for (const group of waiting.splice(0)) {
      const sums = Math.min(...search.sizes) * (1 + group.length);
      if (sums > LARGE) error = Math.min(error, errorThrough(search, group, weight, least));
      if (error <= least) continue;
      if (sums > MOST) throw tooMany(part);
      search.add(group);
    }
    if (error > least) error = Math.min(error, Math.abs(search.closest(weight, least) - weight));
  }
}

const tooMany = ({ strategy, resamplings, weight, tolerances }: LawPart): InputError =>
  new InputError(
    `t ${tolerances.at(-1)} at R = ${resamplings}, w = ${weight}`,
    `needs sums of more neurons than fit into memory (${strategy})`,
    'pass a larger t, a smaller weight, or a wider distribution',
  );

function productsOf(samples: Float64Array, us: readonly number[], R: number): Float64Array {
  const products = new Float64Array(us.length * R);
  us.forEach((u, i) => {
    for (let v = 0; v < R; v++) products[i * R + v] = samples[u]! * samples[R + v]!;
  });
  return products;
}

/** How near the sums come with one more group, gone through value by value; once as near as `least`, no nearer is looked for. */
function errorThrough(search: SubsetSums, group: Float64Array, weight: number, least: number): number {
  let error = Number.POSITIVE_INFINITY;
  for (const value of group) {
    const rest = weight - value;
    error = Math.min(error, Math.abs(search.closest(rest, least) - rest));
    if (error <= least) return error;
  }
  return error;
}
