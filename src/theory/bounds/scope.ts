import type { WeightLaw } from '../problem/distribution.js';
import type { Bound, LayerBound } from './bound.js';

/** Centres at which the masses are looked at: where a law with a density falls, and where one of two values has none. */
const centres = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1];

/**
 * Why the widths of a bound are not proved for weights of this distribution; undefined where they are, and where the bound
 * proves nothing itself (an order, a user's formula). The corrected theorem needs every window of half-width t_i/2 around
 * w in [-1, 1] to have mass at least t_i/4 (docs/theory.md, section 2); the others are stated for U[-1, 1] alone, or for
 * the law that they name.
 *
 * @param layers what the bound says of the problem
 */
export function outsideProof(
  bound: Bound,
  layers: readonly LayerBound[],
  distribution: WeightLaw,
): string | undefined {
  if (distribution.name === (bound.law ?? 'uniform:1')) return undefined;
  if (bound.constants !== undefined || layers.every(({ tolerance }) => tolerance === undefined))
    return undefined;
  if (bound.name !== 'corrected')
    return `the widths of '${bound.name}' are stated for uniform:1 alone, not for ${distribution.name}`;
  for (const [k, { tolerance }] of layers.entries()) {
    const t = tolerance!;
    // A part in 1e9 is left for rounding: uniform:2 has exactly t/4.
    const thin = centres.find((w) => distribution.mass(w, t / 2) < (t / 4) * (1 - 1e-9));
    if (thin !== undefined)
      return (
        `the widths of 'corrected' are not proved for ${distribution.name}: in layer ${k + 1} the window around ${thin} has mass ` +
        `${Number((distribution.mass(thin, t / 2) / t).toPrecision(3))} t, below t/4 (uniform:A with A from 1 to 2 is covered)`
      );
  }
  return undefined;
}
