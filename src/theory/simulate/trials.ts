import { parseDistribution } from '../problem/distribution.js';
import type { Target } from '../problem/target.js';
import type { Construction } from '../search/construction.js';
import { drawNetwork } from '../search/network.js';
import { searchNetwork } from '../search/search.js';
import { blocksTrial } from './blocks.js';
import { outcomeTrial } from './outcome.js';
import { twoNeuronTrials } from './two-neurons.js';

/**
 * How a trial is drawn: `outcome` in the exact law of the result, any width, for the projection map alone; `draws` with every sample of the network drawn; `blocks` with the
 * samples drawn that the blocks look at, block by block.
 */
export const simulators = ['outcome', 'blocks', 'draws'] as const;
export type Simulator = (typeof simulators)[number];

/** Trials `from` ... `to`-1 of one experiment, as a message to a worker. */
export type TrialsPart =
  | {
      readonly kind: 'construction';
      readonly simulator: Simulator;
      /** A construction, its distribution by its name: functions do not pass to a thread. */
      readonly construction: Omit<Construction, 'distribution'> & { readonly distribution: string };
      readonly target: Target;
      readonly seed: number;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: 'two neurons';
      readonly epsilon: number;
      readonly resamplings: number;
      readonly seed: number;
      readonly from: number;
      readonly to: number;
    };

/** Runs a part. @returns the number of successes */
export default function runTrials(part: TrialsPart): number {
  const { from, to, seed } = part;
  if (part.kind === 'two neurons')
    return to - from - twoNeuronTrials(part.epsilon, part.resamplings, seed, from, to);
  const { target } = part;
  const construction = {
    ...part.construction,
    distribution: parseDistribution(part.construction.distribution),
  };
  const succeeds: Readonly<Record<Simulator, (trial: number) => boolean>> = {
    outcome: (trial) => outcomeTrial(construction, target, seed, trial).success,
    blocks: (trial) => blocksTrial(construction, target, seed, trial).success,
    draws: (trial) => searchNetwork(construction, target, drawNetwork(construction, seed, trial)).success,
  };
  let successes = 0;
  for (let trial = from; trial < to; trial++) if (succeeds[part.simulator](trial)) successes++;
  return successes;
}

/**
 * Ranges of trials for workers, the same whatever the number of workers; at most 128 of them.
 *
 * @param multiple all but the last hold a multiple of this many trials
 */
export function* trialRanges(trials: number, multiple: number): Generator<{ from: number; to: number }> {
  const step = Math.ceil(trials / 128 / multiple) * multiple;
  for (let from = 0; from < trials; from += step) yield { from, to: Math.min(trials, from + step) };
}
