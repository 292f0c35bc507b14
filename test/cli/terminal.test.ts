import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ledgerSummary, ledgerTable } from '../../src/cli/terminal.js';
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

describe('ledgerSummary', () => {
  it.each([60, 100])('gives the counts and every finding under its part within %i columns', (columns) => {
    const summary = ledgerSummary(ledgerFixture, { columns, colours: false });
    expect(
      Math.max(
        ...summary
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(columns);
    const text = summary.replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/^False claims: 1 \(0 of 2 statements/);
    for (const { verdict, finding } of ledgerFixture.claims) expect(text).toContain(`${verdict} ${finding}`);
    expect(text.indexOf('Lemma 4.2 holds')).toBeLessThan(text.indexOf('Steps of its proofs'));
  });

  it('adds nothing but colour', () => {
    const at = (colours: boolean) => ledgerSummary(ledgerFixture, { columns: 100, colours });
    expect(at(true)).not.toBe(at(false));
    expect(stripVTControlCharacters(at(true))).toBe(at(false));
  });
});
