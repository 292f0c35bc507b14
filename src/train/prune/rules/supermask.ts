import { keptWeights, straightThrough } from './edge-popup.js';
import type { Ops } from './ops.js';
import type { RuleKind } from './rule.js';

/** x n / sum(m); where nothing is kept, x is 0 and stays so. */
const rescaled = <T>(ops: Ops<T>, x: T, mask: T): T => {
  const n = ops.size(mask);
  return ops.div(x, ops.scale(ops.clamp(ops.sum(mask), 1, n), 1 / n));
};

export const supermask: RuleKind = {
  name: 'supermask',
  about:
    "keeps each weight with probability sigmoid(s), drawn at every step, and at evaluation where that is above 1/2 (settle: mean takes the mean of m); gradient of s: dL/dw theta sigmoid'(s)",
  source: 'Zhou et al. 2019; how it evaluates was not verified',
  settings: { rescale: false, settle: 'half' },
  make: ({ rescale, settle }) => ({
    name: 'supermask',
    selection: {
      kind: 'drawn',
      noise: 'uniform',
      real: settle === 'mean',
      mask: (ops, score, noise) => ops.atLeast(ops.sigmoid(score), noise),
      settled: (ops, score) => (settle === 'mean' ? ops.sigmoid(score) : ops.above(score, 0)),
    },
    effective(ops, layer) {
      const kept = keptWeights(ops, layer);
      return rescale ? rescaled(ops, kept, layer.mask) : kept;
    },
    scoreGradient(ops, { dw, weight, score, mask }) {
      const open = ops.sigmoid(score);
      const slope = ops.mul(open, ops.offset(ops.scale(open, -1), 1));
      const gradient = ops.mul(straightThrough(ops, { dw, weight }), slope);
      return rescale ? rescaled(ops, gradient, mask) : gradient;
    },
  }),
};
