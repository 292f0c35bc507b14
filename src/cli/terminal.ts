import { styleText } from 'node:util';
import Table from 'cli-table3';
import { formatInterval, formatNumber } from '../report/format.js';
import type { Claim, ClaimVerdict, Ledger } from '../theory/claims/claim.js';

/** Where text is printed: its width in columns, and whether it shows colours. */
export interface Terminal {
  readonly columns: number;
  readonly colours: boolean;
}

/** What stdout is: 100 columns and no colours where it is not a terminal or NO_COLOR is set. */
export function terminal(): Terminal {
  const { isTTY, columns } = process.stdout;
  return {
    columns: Math.max(60, Math.min(160, (isTTY && columns) || 100)),
    colours: Boolean(isTTY) && !process.env.NO_COLOR,
  };
}

const verdictStyle = { holds: 'green', consistent: 'green', refuted: 'red', undecided: 'yellow' } as const;

/** The ledger as a table: verdict, claim, why, and the numbers that decide; a note on the intervals below. */
export function ledgerTable(ledger: Ledger, { columns, colours }: Terminal = terminal()): string {
  const verdict = (v: ClaimVerdict) =>
    colours ? styleText(verdictStyle[v], v, { validateStream: false }) : v;
  // Borders and padding take 3 columns a cell and one more.
  const left = columns - 11 - 22 - 10;
  const table = new Table({
    head: ['Verdict', 'Claim', 'Why, and the numbers that decide'],
    colWidths: [13, 24, left + 2],
    wordWrap: true,
    style: { head: [], border: [], compact: false },
  });
  for (const claim of ledger.claims)
    table.push([verdict(claim.verdict), `${claim.source}\n(${claim.methods.join(', ')})`, because(claim)]);
  const share = formatNumber(ledger.alpha / Math.max(1, ledger.intervals));
  const note =
    ledger.intervals === 0
      ? ''
      : `\n${ledger.intervals} Clopper-Pearson intervals, error level ${formatNumber(ledger.alpha)} together, ${share} each (Bonferroni); seed ${ledger.seed}.`;
  return `${table.toString()}${note}`;
}

/** `label value`, with the interval where there is one. */
export function numberText(number: Claim['numbers'][number]): string {
  const { label, value, interval } = number;
  return `${label}: ${formatNumber(value)}${interval === undefined ? '' : ` in ${formatInterval(interval)}`}`;
}

function because(claim: Claim): string {
  const example = claim.counterexample === undefined ? [] : [`counterexample: ${claim.counterexample}`];
  return [claim.statement, claim.reason, ...claim.numbers.map(numberText), ...example].join('\n');
}
