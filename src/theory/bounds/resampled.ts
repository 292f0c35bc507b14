import type { Problem } from '../problem/problem.js';
import { type Bound, type LayerBound, layerIndices } from './bound.js';
import { closedNeurons, uniformRates } from './closed-form.js';
import { entryTolerance, eventCount } from './corrected.js';
import { coarseNodes, type Game, recursionNeurons, uniformLaw, uniformNodes } from './recursion/index.js';

/**
 * The width theorem under re-sampling (docs/theory-width.md, Theorem 2): with t_i and N of the corrected theorem,
 * n_i = n*(R, min(t_i, 1/3), delta/N), D_1 >= 2 d_0 n_1, D_i >= d_{i-1} n_i; n* of the order log(1/t)/log(1+R) + log(1/delta)/R.
 * n* is the least of the closed form over its levels and moments, and, where that is smaller, of the finite recursion.
 *
 * @param recursion whether the recursion is tried, for R up to 32; it takes up to seconds where the closed form takes milliseconds
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

/** The recursion's numbers are kept apart from 0 by more than this. */
export const LEAST_FAILURE = 1e-290;

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
  if (plan === undefined || failure < LEAST_FAILURE) return [...closed];
  const found = recursionNeurons(plan.game, plan.perOctave, tolerances, failure, most);
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
): { readonly game: Game; readonly perOctave: number } | undefined {
  if (resamplings > MOST_RECURSION || most < 1) return undefined;
  const tolerance = Math.max(...tolerances);
  const nodes = uniformNodes(resamplings, 1 + tolerance);
  const perOctave = perOctaveFor(resamplings, Math.min(...tolerances), nodes.length, most);
  if (perOctave === undefined) return undefined;
  const law = uniformLaw(resamplings, nodes);
  const coarse = uniformLaw(resamplings, coarseNodes(resamplings));
  return { game: { resamplings, density: 0.5, law, coarse, tolerance }, perOctave };
}

/** The finest grid whose work stays within seconds; undefined if none does. The choice depends on the problem alone, never on the machine. */
function perOctaveFor(R: number, smallest: number, cells: number, most: number): number | undefined {
  const octaves = Math.log2(1 / smallest);
  const reached = Math.min(octaves, Math.log2(R + 1));
  // Small sets are looked at with few cells.
  const mean = Math.min(cells, 8 + (cells * 8) / octaves);
  return (R === 1 ? [48, 32, 24, 16, 12, 8] : [16, 12, 10, 8]).find((perOctave) => {
    const work = (octaves * perOctave + 45) * mean * R * (reached * perOctave + 20);
    return work * most < (R === 1 ? 3e8 : 1.3e8);
  });
}
