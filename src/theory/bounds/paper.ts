import { InputError } from '../../core/errors.js';
import { type Bound, ceiling, layerIndices } from './bound.js';

/** Neurons per block as the paper counts them: ceil(16/(t^2 R^2) log(events/delta)) (Eq. 17 and Theorem 4.1). */
function paperNeurons(tolerance: number, R: number, events: number, delta: number): number {
  const x = (16 / (tolerance * tolerance * R * R)) * Math.log(events / delta);
  return ceiling(x, '16/(t^2 R^2) * log(N/delta)', { t: tolerance, R, N: events, delta });
}

function singleWeight(name: string, source: string, resampled: boolean): Bound {
  return {
    name,
    source,
    layers({ widths, epsilon, delta, resamplings }) {
      if (widths.length !== 2 || widths[0] !== 1 || widths[1] !== 1)
        throw new InputError(
          `widths ${widths.join(',')}`,
          `${name} is about one weight`,
          'pass --widths 1,1',
        );
      if (!resampled && resamplings !== 1)
        throw new InputError(
          `resamplings ${resamplings}`,
          `${name} has no re-sampling`,
          'pass --resamplings 1',
        );
      const neurons = paperNeurons(epsilon, resamplings, 2, delta);
      return [{ width: 2 * neurons, neurons, signs: 2, tolerance: epsilon }];
    },
  };
}

/** Lemma 4.2: d >= 2 ceil(16/eps^2 log(2/delta)), one weight, no re-sampling. */
export const lemma42 = singleWeight('lemma-4.2', 'paper, Lemma 4.2', false);

/** Proposition 4.3: d >= 2 ceil(16/(eps^2 R^2) log(2/delta)), one weight (refuted: docs/theory.md). */
export const proposition43 = singleWeight('proposition-4.3', 'paper, Proposition 4.3', true);

/** Theorem 4.1: D_i >= 2 d_{i-1} ceil(64 l^2 d_{i-1}^2 d_i/(eps^2 R^2) log(2 l d_{i-1} d_i/delta)). */
export const theorem41: Bound = {
  name: 'paper',
  source: 'paper, Theorem 4.1',
  layers({ widths, epsilon, delta, resamplings }) {
    const l = widths.length - 1;
    return layerIndices(widths).map((i) => {
      const [inputs, outputs] = [widths[i - 1]!, widths[i]!];
      const events = 2 * l * inputs * outputs;
      const tolerance = epsilon / (2 * l * inputs * Math.sqrt(outputs));
      const x =
        ((64 * l * l * inputs * inputs * outputs) / (epsilon * epsilon * resamplings * resamplings)) *
        Math.log(events / delta);
      const neurons = ceiling(x, '64 l^2 a^2 b/(epsilon^2 R^2) * log(2 l a b/delta)', {
        l,
        a: inputs,
        b: outputs,
        epsilon,
        R: resamplings,
        delta,
      });
      return {
        width: 2 * inputs * neurons,
        neurons,
        signs: 2,
        tolerance,
        resamplingThreshold: ((8 * l * inputs) / epsilon) * Math.sqrt(outputs * Math.log(events / delta)),
      };
    });
  },
};
