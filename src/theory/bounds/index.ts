import { requireOneOf } from '../../core/errors.js';
import { bestOf } from './best.js';
import type { Bound } from './bound.js';
import { corrected } from './corrected.js';
import { malach, orseau, pensia } from './earlier.js';
import { lemma42, proposition43, theorem41 } from './paper.js';
import { resampled } from './resampled.js';

export { bestOf } from './best.js';
export type { Bound, LayerBound } from './bound.js';
export { counting, type LowerBound, layer, layerOfTwoValuedV, lowerBounds, universal } from './lower.js';
export { resampledFor } from './other-laws.js';
export { resampled, resampledBound } from './resampled.js';
export { outsideProof } from './scope.js';
export { formulaBound } from './user-formula.js';
export { corrected, lemma42, malach, orseau, pensia, proposition43, theorem41 };

/** The lesser of {@link resampled} and {@link corrected}, layer by layer. */
export const best: Bound = bestOf(resampled);

/** Every named bound. */
export const bounds: readonly Bound[] = [
  lemma42,
  proposition43,
  theorem41,
  corrected,
  resampled,
  best,
  malach,
  pensia,
  orseau,
];

/** The bound of this name. @throws InputError that lists the names */
export function boundByName(name: string): Bound {
  const known = requireOneOf(
    'bound',
    name,
    bounds.map((b) => b.name),
  );
  return bounds.find((b) => b.name === known)!;
}
