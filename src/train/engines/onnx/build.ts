import type { BatchNormLayer, Layer } from '../../networks/description.js';
import type { Activation } from './activation.js';
import type { Graph, Value } from './graph.js';
import type { NormResult, Planner, PlanTarget } from './planner.js';

/** What a norm found in a batch of `count` values a channel. */
export interface BatchStatistics extends Pick<NormResult, 'drift' | 'planeMean' | 'variance' | 'offset'> {
  readonly layer: BatchNormLayer;
  readonly count: number;
}

/** What a layer file works with: the graph, the choices, the layer's tensors, and where its gradients go. */
export interface Build {
  readonly graph: Graph;
  readonly planner: Planner;
  readonly target: PlanTarget;
  /** The weight the network computes with (masked in score mode), in the form's stored layout. */
  weight(layer: string): Value;
  /** A bias, gamma, beta, mean or variance, `<layer>.<role>`, [C]; undefined where the mode has none. */
  tensor(name: string): Value | undefined;
  /** Hands over a norm's statistics of this batch, which move the running ones. */
  statistics(batch: BatchStatistics): void;
  /** Hands over dL/d of a trained tensor (`conv1.weight`, `conv1.bias`): for a weight in stored layout. */
  gradient(name: string, value: Value): void;
  /**
   * Adds to the gradient of a layer's output. `emit` gets what other consumers gave so far, if anything, and must include it;
   * it is not called for the network's input, whose gradient no one wants.
   */
  inputGradient(input: string, emit: (pending: Activation | undefined) => Activation): void;
}

/** A layer's forward nodes are emitted; `backward` emits its gradient nodes from the gradient of its output. */
export interface Emitted {
  readonly output: Activation;
  backward(dy: Activation): void;
}

/** Emits one layer type. */
export type LayerEmitter<L extends Layer> = (
  build: Build,
  layer: L,
  inputs: readonly Activation[],
) => Emitted;
