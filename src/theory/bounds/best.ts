import type { Bound } from './bound.js';
import { corrected } from './corrected.js';

/** The lesser, layer by layer, of the corrected theorem and a bound that has its tolerances and events: both serve the same entries, so their blocks may be mixed. */
export function bestOf(other: Bound): Bound {
  return {
    name: 'best',
    source: `the lesser of ${other.name} and corrected, layer by layer`,
    ...(other.law === undefined ? {} : { law: other.law }),
    ...(other.sums === undefined ? {} : { sums: other.sums }),
    layers(problem) {
      const mine = corrected.layers(problem);
      return other
        .layers(problem)
        .map((layer, k) =>
          layer.neurons! <= mine[k]!.neurons!
            ? { ...layer, by: `${other.name}: ${layer.by}` }
            : { ...mine[k]!, by: 'corrected' },
        );
    },
  };
}
