import type { Interval } from '../../core/intervals.js';
import type { Progress } from '../../core/progress.js';

/** How a claim was decided: by a proof (docs/theory.md), by exact probabilities, or by simulation. */
export type Method = 'proof' | 'exact' | 'simulation';

/**
 * `holds`: proved, and its exact check agrees. `refuted`: a counterexample is exact, or its interval excludes the claim.
 * `consistent`: every exact value or interval tried is on the claim's side. `undecided`: the interval holds the claim.
 */
export type ClaimVerdict = 'holds' | 'refuted' | 'consistent' | 'undecided';

/** A number of a claim, with its interval where it is an estimate. */
export interface ClaimNumber {
  readonly label: string;
  readonly value: number;
  readonly interval?: Interval;
  /** Error level of the interval, after Bonferroni over the ledger. */
  readonly alpha?: number;
}

/** One line of the ledger. */
export interface Claim {
  /** e.g. `prop-4.3-construction`. */
  readonly id: string;
  /** Where it stands, e.g. `paper, Proposition 4.3`. */
  readonly source: string;
  /** The claim, in words and formulas of plain text. */
  readonly statement: string;
  readonly methods: readonly Method[];
  readonly verdict: ClaimVerdict;
  /** One sentence: why. */
  readonly reason: string;
  readonly numbers: readonly ClaimNumber[];
  /** For a refuted claim: the smallest counterexample found, e.g. `w=1, epsilon=0.1, delta=0.01, R=2`. */
  readonly counterexample?: string;
  /** A command that prints the deciding numbers again. */
  readonly command: string;
}

/** What deciding the claims may use. */
export interface LedgerOptions {
  readonly seed: number;
  /** Error level of the whole ledger's intervals together; each gets an equal share. */
  readonly alpha: number;
  readonly workers: number;
  readonly progress?: Progress;
}

/** Every claim, with the settings that decided it. */
export interface Ledger {
  readonly claims: readonly Claim[];
  readonly seed: number;
  readonly alpha: number;
  /** Intervals in the ledger, over which alpha is shared. */
  readonly intervals: number;
}

/** What a claim's decision may use: its share of the error level, seed and workers. */
export interface ClaimContext {
  readonly seed: number;
  /** Error level of one interval. */
  readonly alpha: number;
  readonly workers: number;
}

/** A claim and how it is decided. */
export interface ClaimRecord {
  readonly id: string;
  readonly source: string;
  readonly statement: string;
  /** How many intervals the decision makes: the ledger's error level is shared over all of them. */
  readonly intervals: number;
  decide(context: ClaimContext): Promise<Decision> | Decision;
}

/** What {@link ClaimRecord.decide} finds. */
export type Decision = Pick<Claim, 'methods' | 'verdict' | 'reason' | 'numbers' | 'counterexample'>;
