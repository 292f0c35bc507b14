import { requireOneOf } from '../../src/core/errors.js';
import type { NetworkDescription } from '../../src/train/networks/description.js';
import { INPUT, weightLayers } from '../../src/train/networks/description.js';
import { describeNetwork, type NetworkName } from '../../src/train/networks/index.js';
import { layerMultiplyAdds, multiplyAdds } from '../../src/train/networks/tensors.js';
import { makeRule } from '../../src/train/prune/rules/index.js';
import type { Rule } from '../../src/train/prune/rules/rule.js';
import { SCOPE_NAMES, type Scope } from '../../src/train/prune/thresholds.js';

/** Pruned fraction and weight decay of the paper's CIFAR-10 runs, by network. */
export function settings(network: string): { readonly sparsity: number; readonly weightDecay: number } {
  return network.startsWith('resnet')
    ? { sparsity: 0.6, weightDecay: 5e-4 }
    : { sparsity: 0.5, weightDecay: 1e-4 };
}

/** The rule that all are held against. */
export const PLAIN_RULE = 'edge-popup';

/** The rule of `NAME`, or of `NAME:global` with one threshold over all layers. */
export function ruleOf(item: string): { readonly rule: Rule; readonly scope: Scope } {
  const [name = '', scope = 'layer'] = item.split(':');
  return { rule: makeRule(name), scope: requireOneOf('scope', scope, SCOPE_NAMES) };
}

/** The network for 32x32 colour images and ten classes. */
export const networkOf = (network: string, width: number): NetworkDescription =>
  describeNetwork({ network: network as NetworkName, width });

/**
 * Floating-point operations of a training step for one image: two for every multiply-add of the forward pass, the input gradient
 * (not of a layer on the network's input) and the filter gradient, as the plain formulas count them.
 */
export function stepOperations(network: NetworkDescription): number {
  const first = weightLayers(network).filter((layer) => layer.inputs[0] === INPUT);
  const spared = first.reduce((sum, layer) => sum + layerMultiplyAdds(layer), 0);
  return 2 * (3 * multiplyAdds(network) - spared);
}
