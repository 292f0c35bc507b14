import { sizeOf } from '../../../core/shape.js';
import { thresholdRank } from '../../prune/mask.js';
import type { TopSelection } from '../../prune/rules/rule.js';
import type { Scope } from '../../prune/thresholds.js';
import { bisected, extremes, MOST_COUNTED } from './bisection.js';
import type { Graph, Value } from './graph.js';
import { graphOps } from './rule-ops.js';

/** What thresholds are selected by. */
export interface SelectionOf {
  readonly selection: TopSelection;
  readonly scope: Scope;
  readonly sparsity: number;
}

/** Whether bisection counts so many scores exactly. @param sizes of the layers */
export const countable = (scope: Scope, sizes: readonly number[]): boolean =>
  (scope === 'layer' ? Math.max(...sizes) : sizes.reduce((a, b) => a + b, 0)) < MOST_COUNTED;

/**
 * Selects the thresholds of these scores in a graph, bit for bit those of `thresholdsOf`.
 *
 * @returns thresholds, [layers]; by bisection also whether each selection found its own, 1 or 0: [layers], or [1] over all layers
 */
export function emitThresholds(
  graph: Graph,
  { selection, scope, sparsity }: SelectionOf,
  scores: readonly Value[],
  by: 'bisection' | 'topK',
): { readonly thresholds: Value; readonly found?: Value } {
  const ops = graphOps(graph);
  const keys = scores.map((score) => graph.reshape(selection.key(ops, score), [sizeOf(score.shape)]));
  const ranked = scope === 'layer' ? keys : [graph.concat(keys, 0)];
  const ranks = ranked.map(({ shape }) => thresholdRank(shape[0]!, sparsity));
  const selected =
    by === 'topK'
      ? {
          thresholds: graph.concat(
            ranked.map((key, i) => kthSmallest(graph, key, ranks[i]!)),
            0,
          ),
        }
      : bisected(graph, ranked, ranks);
  if (scope === 'layer') return selected;
  // A layer that the threshold of all would empty keeps its largest key.
  const largest = extremes(graph, 'ReduceMax', keys);
  return { ...selected, thresholds: graph.node('Min', [selected.thresholds, largest], [keys.length]) };
}

/** The k-th smallest of a vector, [1]: the last of the k smallest or of the n - k + 1 largest, whichever are fewer. */
function kthSmallest(graph: Graph, values: Value, k: number): Value {
  const n = values.shape[0]!;
  const largest = n - k + 1 < k;
  const count = largest ? n - k + 1 : k;
  const [sorted] = graph.nodes('TopK', [values, graph.ints([count])], [[count], [count]], {
    attributes: { axis: 0, largest: largest ? 1 : 0 },
  });
  return graph.slice(sorted!, 0, count - 1, count);
}
