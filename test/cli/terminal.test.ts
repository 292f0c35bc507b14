import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ledgerTable } from '../../src/cli/terminal.js';
import { ledgerFixture } from '../report/ledger-fixture.js';

describe('ledgerTable', () => {
  it.each([60, 100, 160])('shows every claim and number within %i columns', (columns) => {
    const lines = ledgerTable(ledgerFixture, { columns, colours: false }).split('\n');
    const table = lines.filter((line) => /^[│┌├└]/.test(line));
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(columns);
    const text = lines.join(' ');
    for (const { verdict } of ledgerFixture.claims) expect(text).toContain(` ${verdict} `);
    expect(text).toContain('0.009954');
    for (const end of ['[0.01101,', '0.0116]']) expect(text).toContain(end);
    expect(text).toContain(
      '2 Clopper-Pearson intervals, error level 1e-6 together, 5e-7 each (Bonferroni); seed 1.',
    );
  });

  it('adds nothing but colour on a terminal that shows it', () => {
    const plain = ledgerTable(ledgerFixture, { columns: 100, colours: false });
    const coloured = ledgerTable(ledgerFixture, { columns: 100, colours: true });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });
});
