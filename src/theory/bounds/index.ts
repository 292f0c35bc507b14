import { requireOneOf } from '../../core/errors.js';
import type { Bound } from './bound.js';
import { corrected } from './corrected.js';
import { malach, orseau, pensia } from './earlier.js';
import { lemma42, proposition43, theorem41 } from './paper.js';

export type { Bound, LayerBound } from './bound.js';
export { formulaBound } from './user-formula.js';
export { corrected, lemma42, malach, orseau, pensia, proposition43, theorem41 };

/** Every named bound. */
export const bounds: readonly Bound[] = [
  lemma42,
  proposition43,
  theorem41,
  corrected,
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
