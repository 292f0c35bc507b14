import { stream } from '../../../core/rng.js';

/**
 * Parallel random edges: a target's weight w is replaced by n edges side by side, each with R independent samples from U[low, high], of which at
 * most one of each edge is kept and the kept ones add up to w. In the wide network the edges from one unit leave n copies of it, whose
 * weights are 1: unit values are never negative there (pixels, outputs of ReLU). At R = 1 it is the network of Experiment 1 of Pensia et al. 2020.
 */
export interface EdgeSettings {
  /** R, at least 1. */
  readonly resamplings: number;
  /** t: how far a sum may be from its weight, greater than 0. */
  readonly tolerance: number;
  readonly low: number;
  /** Above `low`. */
  readonly high: number;
  readonly seed: number;
}

/** Weights of a layer, row by row, that are drawn and searched together. */
export const CHUNK = 1000;

/**
 * Samples of edge number `edge` of the weights of a chunk, `[weights, R]`. They are addressed edge by edge: with more edges a weight keeps those that
 * it had.
 *
 * @param layer from 0
 */
export function drawEdge(
  { resamplings, low, high, seed }: EdgeSettings,
  layer: number,
  chunk: number,
  edge: number,
  weights: number,
): Float64Array {
  const samples = new Float64Array(weights * resamplings);
  stream(seed, 'edges', resamplings, layer, chunk, edge).fill(samples);
  for (let i = 0; i < samples.length; i++) samples[i] = low + (high - low) * samples[i]!;
  return samples;
}
