import { logNeitherServes } from '../probability/exact.js';
import type { Problem } from '../problem/problem.js';
import { type Bound, ceiling, layerIndices } from './bound.js';

/** N = 2 d_0 d_1 + sum_{i>=2} d_{i-1} d_i: one event for each entry and sign. */
export const eventCount = (widths: readonly number[]): number =>
  layerIndices(widths).reduce((sum, i) => sum + (i === 1 ? 2 : 1) * widths[i - 1]! * widths[i]!, 0);

/** t_i = eps/(2 l sqrt(d_0 d_{i-1} d_i)), what an entry of layer i may be off by. */
export const entryTolerance = ({ widths, epsilon }: Problem, i: number): number =>
  epsilon / (2 * (widths.length - 1) * Math.sqrt(widths[0]! * widths[i - 1]! * widths[i]!));

/**
 * The corrected theorem (docs/theory.md): t_i = eps/(2 l sqrt(d_0 d_{i-1} d_i)), q_i = 1-(1-t_i/4)^R,
 * n_i = ceil(log(N/delta)/-log(1-q_i^2)) with N = 2 d_0 d_1 + sum_{i>=2} d_{i-1} d_i; D_1 >= 2 d_0 n_1, D_i >= d_{i-1} n_i.
 */
export const corrected: Bound = {
  name: 'corrected',
  source: 'docs/theory.md, corrected theorem',
  layers(problem) {
    const { widths, delta, resamplings } = problem;
    const events = eventCount(widths);
    return layerIndices(widths).map((i) => {
      const inputs = widths[i - 1]!;
      const signs = i === 1 ? 2 : 1;
      const tolerance = entryTolerance(problem, i);
      const x = Math.log(events / delta) / -logNeitherServes(resamplings, tolerance / 4, tolerance / 4);
      const neurons = ceiling(x, 'log(N/delta)/(-log(1-(1-(1-t/4)^R)^2))', {
        N: events,
        delta,
        t: tolerance,
        R: resamplings,
      });
      return {
        width: signs * inputs * neurons,
        neurons,
        signs,
        tolerance,
        resamplingThreshold: (4 / tolerance) * Math.log((2 * events) / delta),
      };
    });
  },
};
