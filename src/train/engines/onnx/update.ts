import type { Graph, Value } from './graph.js';

/** SGD's constants and the step's learning rate. */
export interface Optimizer {
  /** Scalar, []. */
  readonly learningRate: Value;
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * SGD as PyTorch: v' = momentum v + (gradient + decay p), p' = p - learningRate v'.
 *
 * @returns the new parameter and the new momentum, in p's shape
 */
export function sgdUpdate(
  graph: Graph,
  optimizer: Optimizer,
  parameter: Value,
  velocity: Value,
  gradient: Value,
): { parameter: Value; velocity: Value } {
  const { learningRate, momentum, weightDecay } = optimizer;
  const decayed = graph.add(gradient, graph.scale(parameter, weightDecay));
  const next = graph.add(graph.scale(velocity, momentum), decayed);
  return { parameter: graph.sub(parameter, graph.mul(next, learningRate)), velocity: next };
}
