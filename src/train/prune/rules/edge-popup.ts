import type { Ops } from './ops.js';
import type { Rule, RuleKind } from './rule.js';

/** Straight-through: the mask counts as the score's identity. */
export const straightThrough = <T>(ops: Ops<T>, { dw, weight }: { dw: T; weight: T }): T =>
  ops.mul(dw, weight);

/** Straight-through where the mask is taken by abs(s): abs has the derivative sign(s). */
export const straightThroughAbs = <T>(ops: Ops<T>, layer: { dw: T; weight: T; score: T }): T =>
  ops.mul(straightThrough(ops, layer), ops.sign(layer.score));

/** The kept weights as they are. */
export const keptWeights = <T>(ops: Ops<T>, { weight, mask }: { weight: T; mask: T }): T =>
  ops.mul(weight, mask);

/** The largest scores (Algorithm 2 of the IteRand paper). */
export const edgePopupRule: Rule = {
  name: 'edge-popup',
  selection: { kind: 'top', key: (_ops, score) => score },
  effective: keptWeights,
  scoreGradient: straightThrough,
};

export const edgePopup: RuleKind = {
  name: 'edge-popup',
  about: 'keeps the weights of the largest scores s; gradient of s: dL/dw theta',
  source: 'Ramanujan et al. 2020, by s as in Chijiwa et al. 2021',
  settings: {},
  make: () => edgePopupRule,
};

export const edgePopupAbs: RuleKind = {
  name: 'edge-popup-abs',
  about: 'keeps the weights of the largest abs(s); gradient of s: dL/dw theta sign(s)',
  source: 'Ramanujan et al. 2020, by abs(s) as in its published code',
  settings: {},
  make: () => ({
    ...edgePopupRule,
    name: 'edge-popup-abs',
    selection: { kind: 'top', key: (ops, score) => ops.abs(score) },
    scoreGradient: straightThroughAbs,
  }),
};
