import { requireOneOf, requireProbability } from '../../core/errors.js';
import { type Claim, type ClaimRecord, type Ledger, type LedgerOptions, PARTS } from './claim.js';
import { correctedClaims } from './corrected.js';
import { existenceClaims } from './existence.js';
import { lemmaClaims } from './lemma.js';
import { necessaryClaim } from './necessary.js';
import { propositionClaims } from './proposition.js';
import { resampledClaims } from './resampled.js';
import { theoremClaims } from './theorem.js';

/** Every claim of the paper's Section 4 that is decided, by part and in the paper's order, and what is proved here. */
export const claimRecords: readonly ClaimRecord[] = inOrder([
  ...lemmaClaims,
  ...existenceClaims,
  ...propositionClaims,
  ...theoremClaims,
  necessaryClaim,
  ...correctedClaims,
  ...resampledClaims,
]);

function inOrder(records: readonly ClaimRecord[]): ClaimRecord[] {
  return Object.keys(PARTS).flatMap((part) => records.filter((record) => record.part === part));
}

/** The claims' identifiers. */
export const claimIds: readonly string[] = claimRecords.map(({ id }) => id);

/**
 * Decides every claim, or those named. The error level is shared equally over all intervals of the whole ledger
 * (Bonferroni), so that a claim decided alone gets the same numbers.
 *
 * @throws InputError on an unknown claim
 */
export async function runLedger(options: LedgerOptions, ids: readonly string[] = claimIds): Promise<Ledger> {
  const { seed, alpha, workers, progress } = options;
  requireProbability('alpha', alpha);
  for (const id of ids) requireOneOf('claim', id, claimIds);
  const intervals = claimRecords.reduce((sum, record) => sum + record.intervals, 0);
  const wanted = claimRecords.filter(({ id }) => ids.includes(id));
  const claims: Claim[] = [];
  for (const record of wanted) {
    const { id, part, source, statement } = record;
    const { counterexample, ...decision } = await record.decide({ seed, alpha: alpha / intervals, workers });
    claims.push({
      id,
      part,
      source,
      statement,
      command: `npx iterand verify --claim ${id} --seed ${seed} --alpha ${alpha}`,
      ...decision,
      ...(decision.verdict === 'refuted' && counterexample !== undefined ? { counterexample } : {}),
    });
    progress?.(claims.length, wanted.length);
  }
  return { claims, seed, alpha, intervals };
}
