import type { Interval } from '../../core/intervals.js';
import type { Progress } from '../../core/progress.js';

/** What of the paper a claim is: told apart, since a false step of a proof says nothing of the statement, and a misprint nothing of either. */
export type Part = 'statement' | 'proof' | 'reading' | 'misprint' | 'ours';

/** The parts in the order in which they are shown, with their headings. */
export const PARTS: Readonly<Record<Part, string>> = {
  statement: 'What the paper states: some subnetwork is near enough',
  proof: 'Steps of its proofs, and the construction in them',
  reading: 'Read off its constants, printed nowhere in it',
  misprint: 'Misprints: what is meant holds, or is judged above',
  ours: 'Proved in docs/theory.md and docs/theory-width.md',
};

/** How a claim was decided: by a proof (docs/theory.md, docs/theory-width.md), by exact probabilities, or by simulation. */
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
  readonly part: Part;
  /** Where it stands, e.g. `paper, Proposition 4.3`. */
  readonly source: string;
  /** The claim, in words and formulas of plain text. */
  readonly statement: string;
  readonly methods: readonly Method[];
  readonly verdict: ClaimVerdict;
  /** What was found, in one sentence made from the numbers: all that a reader in a hurry reads. */
  readonly finding: string;
  /** Why. */
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
  readonly part: Part;
  readonly source: string;
  readonly statement: string;
  /** How many intervals the decision makes: the ledger's error level is shared over all of them. */
  readonly intervals: number;
  decide(context: ClaimContext): Promise<Decision> | Decision;
}

/** What {@link ClaimRecord.decide} finds. */
export type Decision = Pick<
  Claim,
  'methods' | 'verdict' | 'finding' | 'reason' | 'numbers' | 'counterexample'
>;
