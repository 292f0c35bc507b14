import type { Interval } from '../../core/intervals.js';
import type { BoundRow, LowerRow } from '../../theory/bounds/table.js';
import type { Probability } from '../../theory/probability/exact.js';
import type { Verdict } from '../../theory/simulate/verdict.js';
import type { Field, State } from '../state.js';

/** What the page asks a worker. */
export interface Question {
  readonly kind: 'analyse' | 'simulate';
  readonly state: State;
}

/** What the bounds say. */
export interface TableAnswer {
  readonly kind: 'table';
  readonly bounds: readonly BoundRow[];
  readonly lower: readonly LowerRow[];
  /** How far the worst weight stays from every slope, for weights of two values. */
  readonly floor?: number;
  /** Whether the recursion of `resampled` is still to come. */
  readonly refining: boolean;
}

/** One width and how the strategy does there. */
export interface PresentAnswer {
  readonly kind: 'present';
  /** D_1, ..., D_l. */
  readonly hidden: readonly number[];
  /** n_1, ..., n_l. */
  readonly neurons: readonly number[];
  /** t_1, ..., t_l. */
  readonly tolerances: readonly number[];
  /** Exact, where there is a formula for the strategy. */
  readonly probability?: Probability;
  readonly delta: number;
  /** Why the bound's widths are not proved for these weights. */
  readonly warning?: string;
  /** What prints the same numbers. */
  readonly command: string;
}

/** A point of the failure curve. */
export interface CurvePoint {
  /** D_1. */
  readonly width: number;
  readonly failure: number;
}

export interface CurveAnswer {
  readonly kind: 'curve';
  /** In the order of the width. */
  readonly points: readonly CurvePoint[];
}

/** Trials so far. */
export interface TrialsAnswer {
  readonly kind: 'trials';
  readonly trials: number;
  readonly successes: number;
  readonly of: number;
  /** Clopper-Pearson, of success. */
  readonly interval: Interval;
  readonly alpha: number;
  readonly verdict: Verdict;
}

/** A bad input. */
export interface Complaint {
  readonly kind: 'complaint';
  readonly field: Field;
  readonly message: string;
}

/** What a worker answers; `done` comes last, and `broken` where the page itself is at fault. */
export type Answer =
  | TableAnswer
  | PresentAnswer
  | CurveAnswer
  | TrialsAnswer
  | Complaint
  | { readonly kind: 'done' }
  | { readonly kind: 'broken'; readonly message: string };
