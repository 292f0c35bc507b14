import { failureBounds } from './failure-bounds.js';
import type { Game } from './game.js';

/**
 * The least n with V_n(2t) <= failure, for each tolerance t: so many neurons are enough for a weight.
 *
 * @param perOctave sizes in a factor of two
 * @param tolerances none above the game's
 * @param failure allowed for one weight, at least 1e-290
 * @param most the neurons after which it gives up
 * @returns undefined where it gave up
 */
export function recursionNeurons(
  game: Game,
  perOctave: number,
  tolerances: readonly number[],
  failure: number,
  most: number,
): (number | undefined)[] {
  const found: (number | undefined)[] = tolerances.map(() => undefined);
  let n = 0;
  for (const bound of failureBounds(game, perOctave, 2 * Math.min(...tolerances), failure * 1e-6)) {
    if (n > most || !found.includes(undefined)) return found;
    tolerances.forEach((t, i) => {
      if (found[i] === undefined && bound(2 * t) <= failure) found[i] = n;
    });
    n++;
  }
  return found;
}
