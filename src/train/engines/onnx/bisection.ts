import type { Graph, Value } from './graph.js';
import { ELEMENT } from './value.js';

/** Above this many values float32 no longer counts them one by one. */
export const MOST_COUNTED = 2 ** 24;

/** Halvings of the range of the values, and values above the lower end that are then tried one after the other. */
const HALVINGS = 32;
const TRIED = 4;
/** Above every value that may be one. */
const FAR = 3e38;

/** The smallest or largest of each vector, [vectors]. */
export function extremes(
  graph: Graph,
  operator: 'ReduceMin' | 'ReduceMax',
  vectors: readonly Value[],
): Value {
  const each = vectors.map((v) => graph.node(operator, [v], [1], { attributes: { axes: [0], keepdims: 1 } }));
  return graph.concat(each, 0);
}

/**
 * The k-th smallest of each vector. An interval (lower, upper] that holds it, fewer than k values being at or below its lower end, is
 * halved by counting; then the smallest values above its lower end are tried. All vectors' intervals are halved together: a node costs
 * a GPU several microseconds, however short its vectors.
 *
 * @param ranks k of each, from 1
 * @returns thresholds, [vectors], and found, 1 where the threshold is the k-th smallest, else 0 (values too close together), [vectors]
 */
export function bisected(
  graph: Graph,
  vectors: readonly Value[],
  ranks: readonly number[],
): { readonly thresholds: Value; readonly found: Value } {
  const shape = [vectors.length];
  /** Values above the k-th smallest. */
  const most = graph.floats(vectors.map((v, i) => v.shape[0]! - ranks[i]!));
  const part = (bounds: Value, i: number) => graph.slice(bounds, 0, i, i + 1);
  const above = (bounds: Value) => vectors.map((v, i) => graph.compare('Greater', v, part(bounds, i)));
  /** Whether at least k values are at or below the bounds. */
  const enough = (bounds: Value) => {
    const counts = above(bounds).map((a) => graph.reduceSum(a, [0], true));
    return graph.node('GreaterOrEqual', [most, graph.concat(counts, 0)], shape, { type: 'bool' });
  };
  const where = (condition: Value, a: Value, b: Value) => graph.node('Where', [condition, a, b], shape);

  const least = extremes(graph, 'ReduceMin', vectors);
  const below = graph.add(graph.scale(graph.unary('Abs', least), 2 ** -20), graph.floats(1e-30));
  let lower = graph.sub(least, below);
  let upper = extremes(graph, 'ReduceMax', vectors);
  for (let i = 0; i < HALVINGS; i++) {
    const middle = graph.scale(graph.add(lower, upper), 0.5);
    const reached = enough(middle);
    lower = where(reached, lower, middle);
    upper = where(reached, middle, upper);
  }
  // Products with 0 and 1 are exact.
  const smallestAbove = (bounds: Value) => {
    const candidates = above(bounds).map((a, i) =>
      graph.add(graph.mul(a, vectors[i]!), graph.scale(graph.sub(graph.floats(1), a), FAR)),
    );
    return extremes(graph, 'ReduceMin', candidates);
  };
  let next = smallestAbove(lower);
  for (let i = 1; i < TRIED; i++) {
    lower = where(enough(next), lower, next);
    next = smallestAbove(lower);
  }
  const found = graph.node('Cast', [enough(next)], shape, { attributes: { to: ELEMENT.float32 } });
  return { thresholds: next, found };
}
