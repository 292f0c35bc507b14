import type { ConvLayer } from '../../../networks/description.js';
import type { Activation } from '../activation.js';
import type { Graph, Value } from '../graph.js';

/** One formulation of a blocked convolution's filter gradient. */
export interface FilterGradient {
  readonly name: string;
  /**
   * @param x the layer's input, blocked (plain where it has fewer channels than a block)
   * @param dy the gradient of its output, blocked
   * @returns dL/dweight, lying as `blockedFilter` says
   */
  emit(graph: Graph, layer: ConvLayer, x: Activation, dy: Activation): Value;
}
