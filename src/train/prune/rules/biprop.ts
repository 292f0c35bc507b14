import { straightThroughAbs } from './edge-popup.js';
import type { RuleKind } from './rule.js';

export const biprop: RuleKind = {
  name: 'biprop',
  about:
    'binary weights: sign(theta) a where abs(s) is largest, a the mean of abs(theta) over the kept weights of the layer; gradient of s: dL/dw theta sign(s), a taken as constant',
  source: 'Diffenderfer & Kailkhura 2021',
  settings: {},
  make: () => ({
    name: 'biprop',
    selection: { kind: 'top', key: (ops, score) => ops.abs(score) },
    effective(ops, { weight, mask }) {
      const size = ops.div(ops.sum(ops.mul(ops.abs(weight), mask)), ops.sum(mask));
      return ops.mul(ops.mul(ops.sign(weight), mask), size);
    },
    scoreGradient: straightThroughAbs,
    binary: true,
  }),
};
