import type { Graph, Value } from '../graph.js';
import type { Affine } from '../planner.js';

/** A norm with given statistics as one scale and one shift, [C] each: gamma / sqrt(variance + epsilon), and beta - mean of that. */
export function settledScale(
  graph: Graph,
  epsilon: number,
  affine: Affine | undefined,
  variance: Value,
  mean: Value,
): readonly [scale: Value, shift: Value] {
  const rstd = graph.unary('Reciprocal', graph.unary('Sqrt', graph.add(variance, graph.floats(epsilon))));
  const scale = affine ? graph.mul(rstd, affine.gamma) : rstd;
  const centre = graph.unary('Neg', graph.mul(mean, scale));
  return [scale, affine ? graph.add(centre, affine.beta) : centre];
}
