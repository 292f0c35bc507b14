import { boundByName } from '../../src/theory/bounds/index.js';
import { type Pair, pairOf } from '../../src/theory/certify/pair.js';
import { proofBound } from '../../src/theory/certify/proof.js';
import { uniform } from '../../src/theory/problem/distribution.js';
import { makeTarget } from '../../src/theory/problem/target.js';
import { constructionFor } from '../../src/theory/search/construction.js';
import { outcomeNetwork } from '../../src/theory/simulate/outcome.js';

/** What the networks are found for. */
export const PROBLEM = { epsilon: 0.1, delta: 0.01, resamplings: 1000 };

/** A Gaussian target, what the corrected theorem's construction finds for it, in law and at its own width, and what its proof says. */
export function foundNetwork(widths: readonly number[]): { pair: Pair; proof: number } {
  const target = makeTarget('gaussian', widths, 1);
  const construction = constructionFor({ widths, ...PROBLEM }, boundByName('corrected'), uniform(1));
  for (let trial = 0; ; trial++) {
    const { success, effective } = outcomeNetwork(construction, target, 1, trial);
    if (success) return { pair: pairOf(target, effective), proof: proofBound(target, construction) };
  }
}
