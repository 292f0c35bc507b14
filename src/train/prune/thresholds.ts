import { maskThreshold } from './mask.js';
import { arrayOps } from './rules/arrays.js';
import type { Rule, TopSelection } from './rules/rule.js';

/** Over what the pruned fraction is taken. */
export const SCOPES = [
  {
    name: 'layer',
    about: 'each layer has a threshold of its own, which prunes p of it',
    source: 'edge-popup, IteRand',
  },
  {
    name: 'global',
    about:
      'one threshold prunes p of all weights together; p rises by equal steps over the first epochs (ramp), and a layer keeps at least one weight',
    source: "Diffenderfer & Kailkhura 2021, biprop's later version",
  },
] as const;
export type Scope = (typeof SCOPES)[number]['name'];
export const SCOPE_NAMES: readonly [Scope, ...Scope[]] = ['layer', 'global'];

/**
 * The key from which on weights are kept, layer by layer. With the scope `global` they are one, the threshold of all keys together; a
 * layer that it would empty keeps its largest key all the same.
 *
 * @param scores of the layers, in any order of their elements
 */
export function thresholdsOf(
  { key }: TopSelection,
  scope: Scope,
  sparsity: number,
  scores: readonly Float32Array[],
): Float32Array {
  const keys = scores.map((s) => key(arrayOps, s));
  if (scope === 'layer') return Float32Array.from(keys, (k) => maskThreshold(k, sparsity));
  const threshold = maskThreshold(joined(keys), sparsity);
  return Float32Array.from(keys, (k) => (k.some((v) => v >= threshold) ? threshold : largest(k)));
}

/** What a layer's weights are ranked by: the larger, the longer they are kept. */
export const rankingKeys = ({ selection }: Rule, scores: Float32Array): Float32Array =>
  selection.kind === 'top' ? selection.key(arrayOps, scores) : scores;

/** A layer's mask outside of training steps, in [0, 1]. @param threshold of a rule that keeps the top */
export function settledMask({ selection }: Rule, scores: Float32Array, threshold?: number): Float32Array {
  if (selection.kind === 'drawn') return selection.settled(arrayOps, scores);
  return arrayOps.atLeast(selection.key(arrayOps, scores), Float32Array.of(threshold!));
}

/** The weight that a network computes with outside of training steps; pruned ones are 0. */
export function effectiveWeight(rule: Rule, weight: Float32Array, mask: Float32Array): Float32Array {
  const effective = rule.effective(arrayOps, { weight, mask });
  // Not -0, which a product of a negative weight would be.
  return effective.map((v, i) => (mask[i] === 0 ? 0 : v));
}

/** Kept between calls: a fresh buffer costs more than the copy. */
let all = new Float32Array(0);

function joined(parts: readonly Float32Array[]): Float32Array {
  const length = parts.reduce((sum, p) => sum + p.length, 0);
  if (all.length < length) all = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.subarray(0, length);
}

const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
