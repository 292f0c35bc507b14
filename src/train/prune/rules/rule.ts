import type { Stream } from '../../../core/rng.js';
import type { Ops } from './ops.js';

/** Distributions that the noise of a drawn mask may have: U(0, 1), or N(0, 1) from a table of 65,536 values (noise.ts). */
export const NOISES = ['uniform', 'normal'] as const;
export type NoiseKind = (typeof NOISES)[number];

/** The mask keeps the largest keys of a layer, or of all layers: 1 where the key reaches the threshold, else 0. */
export interface TopSelection {
  readonly kind: 'top';
  /** What weights are ranked by, from their scores. */
  key<T>(ops: Ops<T>, score: T): T;
}

/** The mask is drawn anew in every training step; nothing fixes how much it keeps. */
export interface DrawnSelection {
  readonly kind: 'drawn';
  readonly noise: NoiseKind;
  /** The mask of a training step, in [0, 1]. */
  mask<T>(ops: Ops<T>, score: T, noise: T): T;
  /** The mask of evaluations, refreshes and exports, in [0, 1]; pruned is what is 0. */
  settled<T>(ops: Ops<T>, score: T): T;
  /** Settled masks hold values between 0 and 1, which no ticket stores. */
  readonly real?: boolean;
}

/**
 * One way of training by pruning: which weights of a layer are kept, what the network computes with, and how scores are trained.
 * Formulas are pure and speak {@link Ops} alone. Weights and scores of a layer have one shape.
 */
export interface Rule {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly selection: TopSelection | DrawnSelection;
  /** The weight that the network computes with. */
  effective<T>(ops: Ops<T>, layer: { readonly weight: T; readonly mask: T }): T;
  /** What the optimizer takes as the score's gradient; `dw`: dL/d effective weight. Without it scores stay as they are first. */
  scoreGradient?<T>(
    ops: Ops<T>,
    layer: { readonly dw: T; readonly weight: T; readonly score: T; readonly mask: T },
  ): T;
  /** A layer's first scores, one a weight; without it they are drawn from the run's distribution of scores. */
  initialScores?(layer: { readonly weights: Float32Array; readonly stream: Stream }): Float32Array;
  /** The effective weights are binary: a sign, and one size a layer. */
  readonly binary?: boolean;
}

/** Settings that some rules have. */
export interface RuleSettings {
  /** `supermask`: the effective weight is multiplied by n / sum(m). */
  readonly rescale?: boolean;
  /** `supermask`: at evaluation m is 1 where sigmoid(s) > 1/2, or sigmoid(s) itself, its mean. */
  readonly settle?: Settle;
  /** `gates`: deviation of the noise. */
  readonly sigma?: number;
  /** `gates`: lambda, the price of an open gate. */
  readonly penalty?: number;
  /** `gates`: first value of every gate. */
  readonly gate?: number;
}

export const SETTLES = ['half', 'mean'] as const;
export type Settle = (typeof SETTLES)[number];

/** A rule that the package has. */
export interface RuleKind {
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly source: string;
  /** The settings it has, with what they are where nothing is said. */
  readonly settings: RuleSettings;
  /** @param settings those above, each given */
  make(settings: Required<RuleSettings>): Rule;
}
