import { styleText } from 'node:util';
import Table from 'cli-table3';
import { formatInterval, formatNumber } from '../report/format.js';
import { headline } from '../report/headline.js';
import { type Claim, type ClaimVerdict, type Ledger, PARTS } from '../theory/claims/claim.js';

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

/** The ledger in short: the counts, and every claim's verdict and finding, by parts. */
export function ledgerSummary(ledger: Ledger, { columns, colours }: Terminal = terminal()): string {
  const parts = Object.entries(PARTS).map(([part, heading]) => {
    const claims = ledger.claims.filter((claim) => claim.part === part);
    const lines = claims.map(({ verdict, finding }) =>
      [`  ${coloured(verdict, colours, 10)}  `, wrap(finding, columns - 14).join(`\n${' '.repeat(14)}`)].join(
        '',
      ),
    );
    return [heading, ...lines].join('\n');
  });
  return [headline(ledger), ...parts].join('\n\n');
}

function coloured(verdict: ClaimVerdict, colours: boolean, width = 0): string {
  const text = verdict.padEnd(width);
  return colours ? styleText(verdictStyle[verdict], text, { validateStream: false }) : text;
}

/** Lines of at most so many columns, broken between words. */
function wrap(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** The ledger as a table by parts: verdict, claim, why, and the numbers that decide; a note on the intervals below. */
export function ledgerTable(ledger: Ledger, { columns, colours }: Terminal = terminal()): string {
  // Borders and padding take 3 columns a cell and one more.
  const left = columns - 11 - 22 - 10;
  const table = new Table({
    head: ['Verdict', 'Claim', 'Why, and the numbers that decide'],
    colWidths: [13, 24, left + 2],
    wordWrap: true,
    style: { head: [], border: [], compact: false },
  });
  for (const [part, heading] of Object.entries(PARTS)) {
    const claims = ledger.claims.filter((claim) => claim.part === part);
    if (claims.length > 0) table.push([{ colSpan: 3, content: heading }]);
    for (const claim of claims)
      table.push([
        coloured(claim.verdict, colours),
        `${claim.source}\n(${claim.methods.join(', ')})`,
        because(claim),
      ]);
  }
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
  return [claim.statement, claim.finding, claim.reason, ...claim.numbers.map(numberText), ...example].join(
    '\n',
  );
}
