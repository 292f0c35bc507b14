import type { Target } from '../problem/target.js';
import { type Construction, requireShapes } from './construction.js';
import type { EffectiveNetwork } from './effective.js';
import { drawNetwork, type Subnetwork } from './network.js';
import { searchProjection } from './projection.js';

/** One searched instance: everything to redraw its random network, what was found in it, and what it computes. */
export interface Instance {
  readonly construction: Construction;
  readonly target: Target;
  readonly seed: number;
  readonly trial: number;
  readonly success: boolean;
  /** Events that no neuron serves. */
  readonly failures: number;
  readonly subnetwork: Subnetwork;
  readonly effective: EffectiveNetwork;
}

/** Draws the random network of (seed, trial) and searches it by projection map. @throws InputError if it is too large to draw */
export function searchInstance(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
): Instance {
  requireShapes(construction, target);
  const found = searchProjection(construction, target, drawNetwork(construction, seed, trial));
  return { construction, target, seed, trial, ...found };
}
