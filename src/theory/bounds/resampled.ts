import type { Problem } from '../problem/problem.js';
import { type Bound, type LayerBound, layerIndices } from './bound.js';
import { closedNeurons, uniformRates } from './closed-form.js';
import { entryTolerance, eventCount } from './corrected.js';
import { type Chance, type Game, type Grid, recursionNeurons } from './recursion.js';

/**
 * The width theorem under re-sampling (docs/theory-width.md, Theorem 2): with t_i and N of the corrected theorem,
 * n_i = n*(R, min(t_i, 1/3), delta/N), D_1 >= 2 d_0 n_1, D_i >= d_{i-1} n_i; n* of the order log(1/t)/log(1+R) + log(1/delta)/R.
 * n* is the least of the closed form over its levels and moments, and, where that is smaller, of the finite recursion.
 *
 * @param recursion whether the recursion is tried, for R up to 32; it takes seconds where the closed form takes milliseconds
 */
export function resampledBound({ recursion }: { readonly recursion: boolean }): Bound {
  // `best` asks for the same problem again.
  let [asked, answer]: [string, LayerBound[]] = ['', []];
  return {
    name: 'resampled',
    source: 'docs/theory-width.md, Theorem 2',
    sums: true,
    layers: (problem) => {
      const { widths, epsilon, delta, resamplings } = problem;
      const key = `${widths} ${epsilon} ${delta} ${resamplings}`;
      if (key !== asked) {
        const closed = closedLayers(problem);
        [asked, answer] = [key, recursion ? withRecursion(problem, closed) : closed];
      }
      return [...answer];
    },
  };
}

/** Largest R for which the recursion is tried: beyond, the closed form is within a neuron or two of it. */
export const MOST_RECURSION = 32;

/** {@link resampledBound} with the recursion. */
export const resampled: Bound = resampledBound({ recursion: true });

/** Tolerances above this are taken as this: the theorem asks for t <= 1/3. */
const MOST_TOLERANCE = 1 / 3;

function closedLayers(problem: Problem): LayerBound[] {
  const { widths, delta, resamplings } = problem;
  const rates = uniformRates(resamplings);
  const logFailure = Math.log(delta) - Math.log(eventCount(widths));
  return layerIndices(widths).map((i) => {
    const tolerance = entryTolerance(problem, i);
    const { neurons, rates: best } = closedNeurons(rates, Math.min(tolerance, MOST_TOLERANCE), logFailure);
    const signs = i === 1 ? 2 : 1;
    const moment = best.theta === undefined ? '' : `, theta ${Number(best.theta.toPrecision(4))}`;
    return {
      width: signs * widths[i - 1]! * neurons,
      neurons,
      signs,
      tolerance,
      by: `closed form, beta ${best.beta}${moment}`,
      closed: neurons,
    };
  });
}

function withRecursion(problem: Problem, closed: readonly LayerBound[]): LayerBound[] {
  const { widths, delta, resamplings } = problem;
  const failure = (delta / eventCount(widths)) * (1 - 1e-12);
  const tolerances = closed.map(({ tolerance }) => Math.min(tolerance!, MOST_TOLERANCE));
  const most = Math.max(...closed.map(({ neurons }) => neurons! - 1));
  const plan = recursionFor(resamplings, tolerances, most);
  if (plan === undefined || failure < 1e-300) return [...closed];
  const found = recursionNeurons(plan.game, plan.grid, tolerances, failure, most);
  return closed.map((layer, k) => {
    const neurons = found[k] ?? Number.POSITIVE_INFINITY;
    if (neurons >= layer.neurons!) return layer;
    return { ...layer, width: layer.signs! * widths[k]! * neurons, neurons, by: 'recursion' };
  });
}

/** The recursion for U[-1,1] and weights of these tolerances; undefined where it would find no n up to `most`, or take too long. */
export function recursionFor(
  resamplings: number,
  tolerances: readonly number[],
  most: number,
): { readonly game: Game; readonly grid: Grid } | undefined {
  const grid = gridFor(resamplings, Math.min(...tolerances), most);
  if (grid === undefined || most < 1) return undefined;
  const chances = uniformChances(resamplings, resamplings === 1 ? 40 : 24);
  return { game: { resamplings, density: 0.5, chances, tolerance: Math.max(...tolerances) }, grid };
}

/** The finest grid whose work stays within seconds; undefined if none does. The choice depends on the problem alone, never on the machine. */
function gridFor(R: number, smallest: number, most: number): Grid | undefined {
  if (R > MOST_RECURSION) return undefined;
  const octaves = Math.log2(1 / (2 * smallest)) + 1;
  const grids =
    R === 1
      ? [48, 24, 12].map((perOctave) => ({ perOctave, perSample: 1 }))
      : [
          { perOctave: 32, perSample: 8 },
          { perOctave: 24, perSample: 6 },
          { perOctave: 16, perSample: 4 },
          { perOctave: 12, perSample: 3 },
          { perOctave: 8, perSample: 2 },
        ];
  return grids.find(({ perOctave, perSample }) => {
    const perSize = R === 1 ? 2 * perOctave + 400 : 24 * R * R * perSample * perSample;
    return octaves * perOctave * perSize * most < 4e8;
  });
}

/**
 * The law of the largest of R samples from U[-1,1], 0 where it is not positive, in cells of equal probability: each by its lower end; at R = 1 by the
 * harmonic mean, since what follows is concave and nonincreasing in the two rates, which are convex in 1/u.
 */
export function uniformChances(R: number, cells: number): Chance[] {
  const none = 2 ** -R;
  const down = 1 - 1e-12;
  const edge = (k: number) =>
    k === 0 ? 0 : k === cells ? 1 : 2 * (none + (1 - none) * (k / cells)) ** (1 / R) - 1;
  const used = Array.from({ length: cells }, (_, k) => {
    const [low, high] = [edge(k), edge(k + 1)];
    const u = R === 1 && low > 0 ? (high - low) / Math.log(high / low) : low;
    return { u: u * down, probability: (1 - none) / cells };
  });
  return [{ u: 0, probability: none }, ...used];
}
