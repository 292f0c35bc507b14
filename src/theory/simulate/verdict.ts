import type { Interval } from '../../core/intervals.js';

/** What an interval says of the claim "success probability >= claimed". */
export type Verdict = 'consistent' | 'violated' | 'undecided';

/** The verdict rule of docs/theory.md, section 7: the whole interval on one side, or undecided. */
export function decide(interval: Interval, claimed: number): Verdict {
  if (interval.low >= claimed) return 'consistent';
  return interval.high < claimed ? 'violated' : 'undecided';
}
