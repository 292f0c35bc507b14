import { type Bound, layerIndices } from './bound.js';

/** An order-of-growth bound without re-sampling; R is ignored, as it says. */
function order(
  name: string,
  source: string,
  constants: string,
  width: (d: {
    inputs: number;
    outputs: number;
    largest: number;
    l: number;
    epsilon: number;
    delta: number;
  }) => number,
): Bound {
  return {
    name,
    source,
    constants,
    layers({ widths, epsilon, delta }) {
      const largest = Math.max(...widths);
      return layerIndices(widths).map((i) => ({
        width: Math.max(
          1,
          Math.ceil(
            width({
              inputs: widths[i - 1]!,
              outputs: widths[i]!,
              largest,
              l: widths.length - 1,
              epsilon,
              delta,
            }),
          ),
        ),
      }));
    },
  };
}

/** Malach et al. 2020, without re-sampling: polynomial. */
export const malach = order(
  'malach',
  'Malach et al. 2020, Theorem 2.1: poly(d, l, 1/eps, log(1/delta)); degree d^4 l^2 over d as Pensia et al. 2020 (abstract) give it',
  'C = 1; the power 2 of 1/eps and log(1/delta) as in the paper at R = 1',
  ({ inputs, largest, l, epsilon, delta }) =>
    ((inputs * largest ** 4 * l * l) / (epsilon * epsilon)) * Math.log(1 / delta),
);

/** Pensia et al. 2020, Theorem 1, without re-sampling: C d_{i-1} log(d_{i-1} d_i l/min(eps, delta)). */
export const pensia = order(
  'pensia',
  'Pensia et al. 2020, Theorem 1: O(d_{i-1} log(d_{i-1} d_i l/min(eps, delta)))',
  'C = 1',
  ({ inputs, outputs, l, epsilon, delta }) =>
    inputs * Math.log((inputs * outputs * l) / Math.min(epsilon, delta)),
);

/** Orseau et al. 2020, without re-sampling: a logarithmic number of neurons per target weight. */
export const orseau = order(
  'orseau',
  'Orseau et al. 2020: neurons per target weight logarithmic in all variables but depth (hyperbolic weights, batch sampling)',
  'C = 1, linear in depth',
  ({ inputs, outputs, l, epsilon, delta }) =>
    inputs * outputs * l * Math.log((inputs * outputs * l) / Math.min(epsilon, delta)),
);
