import type { Graph, Value } from '../graph.js';

/** Element i of part r becomes element i * parts + r along `axis`; all parts have the same shape. */
export function interleave(graph: Graph, parts: readonly Value[], axis: number): Value {
  if (parts.length === 1) return parts[0]!;
  const { shape } = parts[0]!;
  const apart = parts.map((part) => graph.reshape(part, shape.toSpliced(axis + 1, 0, 1)));
  return graph.reshape(graph.concat(apart, axis + 1), shape.with(axis, shape[axis]! * parts.length));
}
