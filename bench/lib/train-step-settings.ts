/** Pruned fraction and weight decay of the paper's runs, by network. */
export function settings(network: string): { readonly sparsity: number; readonly weightDecay: number } {
  return network.startsWith('resnet')
    ? { sparsity: 0.6, weightDecay: 5e-4 }
    : { sparsity: 0.5, weightDecay: 1e-4 };
}
