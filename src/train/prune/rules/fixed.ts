import { draw } from '../distributions.js';
import { keptWeights } from './edge-popup.js';
import type { Rule, RuleKind } from './rule.js';

/** Fixed masks: what the scores of other rules are worth is seen against them. */
const fixed = {
  selection: { kind: 'top', key: (_ops, score) => score },
  effective: keptWeights,
} as const satisfies Omit<Rule, 'name'>;

export const random: RuleKind = {
  name: 'random',
  about: 'keeps weights chosen uniformly at the start',
  source: 'baseline',
  settings: {},
  make: () => ({
    ...fixed,
    name: 'random',
    initialScores: ({ weights, stream }) => draw('uniform', 1, weights.length, stream),
  }),
};

export const magnitude: RuleKind = {
  name: 'magnitude',
  about: 'keeps the weights of the largest abs(theta) at the start',
  source: 'baseline',
  settings: {},
  make: () => ({
    ...fixed,
    name: 'magnitude',
    initialScores: ({ weights }) => weights.map(Math.abs),
  }),
};
