import type { Claim, Ledger, Part } from '../theory/claims/claim.js';

/** The two counts of the ledger, false claims and misprints, in one line. */
export function headline({ claims }: Ledger): string {
  const of = (part: Part) => claims.filter((claim) => claim.part === part);
  const refuted = (part: Part) => of(part).filter(({ verdict }: Claim) => verdict === 'refuted').length;
  const [statements, steps] = [refuted('statement'), refuted('proof')];
  return (
    `False claims: ${statements + steps} (${statements} of ${of('statement').length} statements of the paper, ` +
    `${steps} of ${of('proof').length} steps of their proofs). Misprints: ${refuted('misprint')}.`
  );
}
