import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ledgerSummary } from '../../src/cli/terminal.js';
import { mnistMethods } from '../../src/sweep/methods.js';
import type { Ledger } from '../../src/theory/claims/claim.js';

const spaces = (text: string) => text.replaceAll(/\s+/g, ' ');
const readme = readFileSync('README.md', 'utf8');
const { ledger } = JSON.parse(readFileSync('reports/theory/data/ledger.json', 'utf8')) as { ledger: Ledger };

test.each(
  ledger.claims
    .filter(({ part, verdict }) => verdict === 'refuted' || part === 'ours')
    .map(({ id, finding }) => [id, finding]),
)('README tells the finding of %s as the committed ledger has it', (_id, finding) =>
  expect(spaces(readme)).toContain(`- ${finding}`),
);

test('README shows what npm start prints of the statements', () => {
  const [, shown] = /```text\n([^`]*?)\n\n\.\.\./.exec(readme)!;
  expect(ledgerSummary(ledger, { columns: 110, colours: false })).toContain(`${shown}\n\n`);
});

test('README and the training page give the same caveat', () => {
  const plain = (text: string) => spaces(text).replaceAll('’', "'");
  for (const part of plain(mnistMethods.caveat!).split(/(?<=experiments): |; /))
    expect(plain(readme)).toContain(part);
});
