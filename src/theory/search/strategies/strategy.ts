import type { Block, BlockResult } from '../block.js';

/** How subnetworks are looked for in a block; every strategy finds a real subnetwork: one u a neuron, shared by the outputs, one v an output and neuron. */
export interface Strategy {
  readonly name: StrategyName;
  /** What it looks for, for the help. */
  readonly about: string;
  /** Whether a weight may be served by a sum over several neurons, as the bounds for sums (`resampled`, `best`) need. */
  readonly sums: boolean;
  /**
   * @param targets the weights of the block's outputs: the products u v of the neurons kept for an output shall add up to its weight within the tolerance
   * @param tolerance t > 0
   * @throws InputError if an exact search needs more memory than there is, and no anytime search is allowed
   */
  searchBlock(block: Block, targets: Float64Array, tolerance: number, options?: StrategyOptions): BlockResult;
  /** For sums: the samples of u that a neuron may use, as long as no output has chosen one. */
  usable?(block: Block, neuron: number): readonly number[];
}

export const strategyNames = [
  'projection',
  'product',
  'subset-sum-first',
  'subset-sum-fixed',
  'subset-sum',
] as const;
export type StrategyName = (typeof strategyNames)[number];

export interface StrategyOptions {
  /** Sums that an anytime search may look at for a weight where an exact one would not fit into memory. */
  readonly anytime?: number;
}
