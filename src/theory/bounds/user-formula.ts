import { requireWidth } from '../problem/problem.js';
import { type Bound, layerIndices } from './bound.js';
import { compileFormula } from './formula.js';

/**
 * A user's own width formula for D_i in mathjs syntax over l, i, d0 ... dl, din (d_{i-1}), dout (d_i), epsilon, delta, R.
 *
 * @throws InputError on a syntax error, an unknown name, or a value that is no width
 */
export function formulaBound(text: string): Bound {
  return {
    name: 'formula',
    source: text,
    layers({ widths, epsilon, delta, resamplings }) {
      const l = widths.length - 1;
      const named = Object.fromEntries(widths.map((d, k) => [`d${k}`, d]));
      const common = { l, ...named, epsilon, delta, R: resamplings };
      const formula = compileFormula(text, [...Object.keys(common), 'i', 'din', 'dout']);
      return layerIndices(widths).map((i) => {
        const width = formula.ceil({ ...common, i, din: widths[i - 1]!, dout: widths[i]! });
        requireWidth(`width of layer ${i} by '${text}'`, width);
        return { width };
      });
    },
  };
}
