import type { Target } from '../problem/target.js';
import type { Construction } from '../search/construction.js';
import { strategyByName } from '../search/strategies/index.js';
import type { Pair } from './pair.js';
import { normAbove, slack, up } from './rounding.js';

/**
 * What the proof of the corrected theorem says of every success, whatever was found (docs/theory.md, section 6): with each entry of
 * layer i within t_i, h_i = t_i sqrt(d_{i-1} d_i) and ||F_i|| <= 1,
 *
 *     ||error_i|| <= ||error_{i-1}|| + h_i sqrt(d_0) (1 + h_1) ... (1 + h_{i-1}).
 *
 * Where |v| may exceed 1, the projection map serves an entry within t + t^2/4.
 */
export function proofBound(target: Target, construction: Construction): number {
  const { widths } = target;
  const { layers, distribution } = construction;
  let error = 0;
  let length = up(Math.sqrt(widths[0]!));
  for (const [k, { tolerance }] of layers.entries()) {
    const within =
      (distribution.uniform ?? 2) <= 1 ? tolerance : up(tolerance + up(0.25 * up(tolerance * tolerance)));
    const h = frobeniusOf(up(within + entryRounding(construction, k)), widths, k);
    const norm = Math.max(1, normAbove(target.matrices[k]!));
    error = up(up(norm * error) + up(h * length));
    length = up(up(norm + h) * length);
  }
  return error;
}

/** The Frobenius norm of a matrix of layer k with all entries of this size. */
const frobeniusOf = (entry: number, widths: readonly number[], k: number): number =>
  up(entry * up(Math.sqrt(widths[k]! * widths[k + 1]!)));

/**
 * How far the products u v that serve an entry of layer k, added up, may be from the double that stands for it; the search's
 * own test of a tolerance rounds no more.
 */
function entryRounding({ distribution, layers, strategy }: Construction, k: number): number {
  // Samples are quantiles of numbers in [0, 1).
  const largest = Math.max(
    1,
    Math.abs(distribution.quantile(0)),
    Math.abs(distribution.quantile(1 - 2 ** -53)),
  );
  const terms = strategyByName(strategy).sums ? Math.max(1, layers[k]!.neurons) : 1;
  return slack(terms) * terms * largest * largest;
}

/**
 * How far the wide subnetwork may be from the effective network in doubles that stands for it, anywhere in the cube: by the sum of
 * {@link proofBound}, with the norms of what was found.
 */
export function effectiveRounding({ widths, layers }: Pair, construction: Construction): number {
  let error = 0;
  let length = up(Math.sqrt(widths[0]!));
  for (const [k, { found, negative }] of layers.entries()) {
    const h = frobeniusOf(entryRounding(construction, k), widths, k);
    const norm =
      Math.hypot(normAbove(found), negative === undefined ? 0 : normAbove(negative.found)) * (1 + 2 ** -50);
    error = up(up(up(norm + h) * error) + up(h * length));
    length = up(norm * length);
  }
  return error;
}
