import {
  type Claim,
  type ClaimNumber,
  type ClaimVerdict,
  type Ledger,
  PARTS,
} from '../../theory/claims/claim.js';
import { formatInterval, formatNumber } from '../format.js';
import { formula } from '../page/formula.js';
import { type Html, html, raw } from '../page/html.js';

const marks: Readonly<Record<ClaimVerdict, readonly [mark: string, tone: string]>> = {
  holds: ['✓', 'good'],
  consistent: ['✓', 'good'],
  refuted: ['✗', 'bad'],
  undecided: ['?', 'open'],
};

/** A verdict with its mark; told apart without colour too. */
export function verdictHtml(verdict: ClaimVerdict): Html {
  const [mark, tone] = marks[verdict];
  return html`<span class="verdict ${tone}">${mark} ${verdict}</span>`;
}

/** The ledger as a table by parts: verdict, claim with its reason, numbers with their intervals. */
export function ledgerHtml({ claims }: Ledger): Html {
  // Roles in full: on narrow screens the style sheet stacks the cells, which takes a table's own roles away.
  return html`<table class="claims" role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Verdict</th><th role="columnheader" scope="col">Claim</th><th role="columnheader" scope="col">Numbers</th></tr></thead>
<tbody role="rowgroup">
${Object.entries(PARTS).flatMap(([part, heading]) =>
  partHtml(
    heading,
    claims.filter((claim) => claim.part === part),
  ),
)}</tbody>
</table>
`;
}

function partHtml(heading: string, claims: readonly Claim[]): Html[] {
  if (claims.length === 0) return [];
  const row = html`<tr class="part" role="row"><th role="columnheader" scope="colgroup" colspan="3">${heading}</th></tr>\n`;
  return [row, ...claims.map(claimHtml)];
}

function claimHtml(claim: Claim): Html {
  const { id, source, statement, methods, verdict, finding, reason, numbers, counterexample, command } =
    claim;
  const example =
    counterexample === undefined
      ? raw('')
      : html`<dt>counterexample</dt><dd class="bad">${formula(counterexample)}</dd>`;
  return html`<tr id="claim-${id}" role="row">
<th scope="row" role="rowheader">${verdictHtml(verdict)}<span class="how">by ${methods.join(', ')}</span></th>
<td role="cell"><h3>${formula(source)}</h3><p class="statement">${formula(statement)}</p><p class="reason"><b>${formula(finding)}</b> ${formula(reason)}</p></td>
<td role="cell"><dl>${numbers.map(numberHtml)}${example}<dt>repeat with</dt><dd><code>${command}</code></dd></dl></td>
</tr>
`;
}

function numberHtml({ label, value, interval }: ClaimNumber): Html {
  return html`<dt>${formula(label)}</dt><dd>${formatNumber(value)}${interval === undefined ? '' : ` in ${formatInterval(interval)}`}</dd>`;
}
