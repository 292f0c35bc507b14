import type { Target } from '../problem/target.js';
import { type Construction, requireShapes } from './construction.js';
import { drawNetwork } from './network.js';
import { type SearchResult, searchNetwork } from './search.js';

/** One searched instance: everything to redraw its random network, what was found in it, and what it computes. */
export interface Instance extends SearchResult {
  readonly construction: Construction;
  readonly target: Target;
  readonly seed: number;
  readonly trial: number;
  /** The error asked for, in (0, 1]: a success claims to be within it over all inputs. Files of earlier versions do not say. */
  readonly epsilon?: number;
}

/** Draws the random network of (seed, trial) and searches it with the construction's strategy. @throws InputError if it is too large to draw or to search */
export function searchInstance(
  construction: Construction,
  target: Target,
  seed: number,
  trial: number,
): Instance {
  requireShapes(construction, target);
  const found = searchNetwork(construction, target, drawNetwork(construction, seed, trial));
  return { construction, target, seed, trial, ...found };
}
