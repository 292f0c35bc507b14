import type { BatchNormLayer, ConvLayer, MaxPoolLayer } from '../../networks/description.js';
import type { Activation } from './activation.js';
import type { Graph, Value } from './graph.js';

/** How a weight and everything of its shape (score, momentum, gradient) lies in the engine's memory. */
export interface StoredLayout {
  readonly shape: readonly number[];
  /** Index in the standard layout (OIHW) of each stored element; absent: the standard layout itself. */
  readonly order?: Int32Array;
}

/**
 * One formulation of a convolution layer. The layer file asks for the parts; each takes activations in any layout (convert with
 * toLayout, which is memoized) and answers in whichever it likes. Weight values are in `stored` layout.
 */
export interface ConvForm {
  readonly name: string;
  readonly stored: StoredLayout;
  /** The convolution plus bias, not yet normalised or rectified. May be lazy (Activation.lazy) to take a sum or ReLU. */
  forward(graph: Graph, x: Activation, weight: Value, bias: Value | undefined): Activation;
  /**
   * dL/dx. `pending`, if given, is a gradient for the same x from another consumer: the result includes it.
   */
  inputGradient(graph: Graph, dy: Activation, weight: Value, pending: Activation | undefined): Activation;
  /** dL/dweight in `stored` layout. */
  filterGradient(graph: Graph, x: Activation, dy: Activation): Value;
}

/** Scale and shift of an affine norm, [C] each. */
export interface Affine {
  readonly gamma: Value;
  readonly beta: Value;
}

/** What a norm's forward pass leaves. */
export interface NormResult {
  /** Lazy where the formulation takes an epilogue. */
  readonly output: Activation;
  /** Batch mean minus running mean, and biased variance, [C]. */
  readonly drift: Value;
  readonly variance: Value;
  /** Where the variance was taken as E[x^2] - E[x]^2: that E[x], [C]. It is accurate while this is small against the deviation. */
  readonly offset?: Value;
  /** The batch mean before the running one is taken away, [1, C, 1, 1], where it is at hand. */
  readonly planeMean?: Value;
  /** dL/dx, and for an affine norm dL/dgamma and dL/dbeta, [C]. */
  backward(dy: Activation): { readonly dx: Activation; readonly gamma?: Value; readonly beta?: Value };
}

/** One formulation of batch normalization. */
export interface NormForm {
  readonly name: string;
  /** With the batch's own statistics. `running`: the running mean, [C], near which the batch's is to be expected. */
  train(graph: Graph, x: Activation, affine: Affine | undefined, running: Value): NormResult;
  /** With given statistics, [C] each: evaluation with the running ones. */
  settled(graph: Graph, x: Activation, affine: Affine | undefined, variance: Value, mean: Value): Activation;
}

/** One formulation of max pooling. */
export interface PoolForm {
  readonly name: string;
  forward(graph: Graph, x: Activation): { readonly output: Activation; backward(dy: Activation): Activation };
}

/** What the formulations may rely on. */
export interface PlanTarget {
  /** Examples in a batch. */
  readonly batch: number;
  /** The graph has a backward part. */
  readonly training: boolean;
  /** Norms must be accurate for any mean, at the cost of another pass. */
  readonly centred?: boolean;
}

/** Chooses a formulation for every layer, and of what lies around them. Weight layouts must not depend on the target: training and evaluation share state. */
export interface Planner {
  readonly name: string;
  conv(layer: ConvLayer, target: PlanTarget): ConvForm;
  norm(layer: BatchNormLayer, target: PlanTarget): NormForm;
  maxPool(layer: MaxPoolLayer, target: PlanTarget): PoolForm;
  /**
   * For a device beside the host: nothing in a step needs the host. The loss is made of operators that devices have, labels are
   * float32, and whether the new scores are finite is told by the graph.
   */
  readonly onDevice?: true;
}
