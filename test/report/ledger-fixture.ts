import type { Ledger } from '../../src/theory/claims/claim.js';

/** A small ledger with every verdict, for tables and pages; the numbers are the golden ones of theory.md, section 4. */
export const ledgerFixture: Ledger = {
  seed: 1,
  alpha: 1e-6,
  intervals: 2,
  claims: [
    {
      id: 'lemma-4.2',
      source: 'paper, Lemma 4.2',
      statement: 'Without re-sampling, d >= 2 ceil(16/eps^2 log(2/delta)) makes the construction succeed.',
      methods: ['proof', 'exact'],
      verdict: 'holds',
      reason: 'Proved; the exact failure probability at |w| = 1 is just below delta.',
      numbers: [{ label: 'P(fail) at w = 1', value: 0.00995423421854591 }],
      command: 'iterand bounds --widths 1,1 --epsilon 0.1 --delta 0.01 --resamplings 1',
    },
    {
      id: 'prop-4.3-construction',
      source: 'paper, Proposition 4.3',
      statement: 'With R samples per entry, d >= 2 ceil(16/(eps^2 R^2) log(2/delta)) is enough.',
      methods: ['exact', 'simulation'],
      verdict: 'refuted',
      reason: 'The exact failure probability exceeds delta.',
      numbers: [
        { label: 'P(fail) at w = 1, R = 2', value: 0.011284510422541083 },
        { label: 'simulated', value: 0.0113, interval: { low: 0.011012345, high: 0.011598765 }, alpha: 5e-7 },
      ],
      counterexample: 'w=1, epsilon=0.1, delta=0.01, R=2',
      command: 'iterand simulate --widths 1,1 --epsilon 0.1 --delta 0.01 --resamplings 2',
    },
    {
      id: 'corrected',
      source: 'docs/theory.md, corrected theorem',
      statement: 'At the corrected widths the construction succeeds with probability at least 1 - delta.',
      methods: ['proof', 'simulation'],
      verdict: 'consistent',
      reason: "Every exact value is on the claim's side <of delta> & no interval excludes it.",
      numbers: [{ label: 'success', value: 1, interval: { low: 0.7, high: 1 }, alpha: 5e-7 }],
      command: 'iterand verify',
    },
    {
      id: 'theorem-4.1-existence',
      source: 'paper, Theorem 4.1',
      statement: 'At the widths of Theorem 4.1 some subnetwork is within eps.',
      methods: ['simulation'],
      verdict: 'undecided',
      reason: 'The interval holds delta.',
      numbers: [],
      command: 'iterand verify',
    },
  ],
};
