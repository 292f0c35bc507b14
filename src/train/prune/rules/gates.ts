import { keptWeights, straightThrough } from './edge-popup.js';
import type { RuleKind } from './rule.js';

export const gates: RuleKind = {
  name: 'gates',
  about:
    'theta m with m = clamp(mu + sigma e, 0, 1), e ~ N(0, 1) drawn at every step, and clamp(mu, 0, 1) at evaluation; the scores are mu, their gradient is exact, and penalty times the sum of Phi(mu / sigma) is added to the loss',
  source:
    'stochastic gates, Yamada et al. 2020; for strong tickets Tsayag & Lindenbaum 2026 (arXiv 2603.08914); sigma and first mu were not verified, the penalty is ours',
  settings: { sigma: 0.5, penalty: 1e-4, gate: 0.5 },
  make: ({ sigma, penalty, gate }) => ({
    name: 'gates',
    selection: {
      kind: 'drawn',
      noise: 'normal',
      real: true,
      mask: (ops, score, noise) => ops.clamp(ops.add(score, ops.scale(noise, sigma)), 0, 1),
      settled: (ops, score) => ops.clamp(score, 0, 1),
    },
    effective: keptWeights,
    scoreGradient(ops, { dw, weight, score, mask }) {
      const inside = ops.mul(ops.above(mask, 0), ops.above(ops.scale(mask, -1), -1));
      const loss = ops.mul(straightThrough(ops, { dw, weight }), inside);
      // d/dmu Phi(mu / sigma) = exp(-(mu / sigma)^2 / 2) / (sigma sqrt(2 pi)).
      const density = ops.exp(ops.scale(ops.mul(score, score), -1 / (2 * sigma ** 2)));
      return ops.add(loss, ops.scale(density, penalty / (sigma * Math.sqrt(2 * Math.PI))));
    },
    initialScores: ({ weights }) => new Float32Array(weights.length).fill(gate),
  }),
};
