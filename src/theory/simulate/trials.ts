import { parseDistribution } from '../problem/distribution.js';
import type { Target } from '../problem/target.js';
import type { Construction, ConstructionLayer } from '../search/construction.js';
import { drawNetwork } from '../search/network.js';
import { searchProjection } from '../search/projection.js';
import { outcomeTrial } from './outcome.js';
import { twoNeuronTrials } from './two-neurons.js';

/** How a trial is drawn: `outcome` in the exact law of the result, any width; `draws` with every sample drawn. */
export const simulators = ['outcome', 'draws'] as const;
export type Simulator = (typeof simulators)[number];

/** Trials `from` ... `to`-1 of one experiment, as a message to a worker. */
export type TrialsPart =
  | {
      readonly kind: 'construction';
      readonly simulator: Simulator;
      readonly layers: readonly ConstructionLayer[];
      readonly resamplings: number;
      /** A {@link parseDistribution} name. */
      readonly distribution: string;
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
  const { from, to, seed, resamplings } = part;
  if (part.kind === 'two neurons')
    return to - from - twoNeuronTrials(part.epsilon, resamplings, seed, from, to);
  const construction: Construction = {
    layers: part.layers,
    resamplings,
    distribution: parseDistribution(part.distribution),
  };
  let successes = 0;
  for (let trial = from; trial < to; trial++) {
    const { success } =
      part.simulator === 'outcome'
        ? outcomeTrial(construction, part.target, seed, trial)
        : searchProjection(construction, part.target, drawNetwork(construction, seed, trial));
    if (success) successes++;
  }
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
