import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatPercent } from '../../src/core/format.js';
import { formatBound } from '../../src/report/format.js';
import { renderPage } from '../../src/report/page/shell.js';
import type { TargetFigures, TargetSettings } from '../../src/report/targets/compute.js';
import { type TargetAbout, targetPage } from '../../src/report/targets/page.js';

type Stored = TargetFigures & TargetAbout & Omit<TargetSettings, 'workers'>;

const stored = JSON.parse(readFileSync('reports/targets/data/targets.json', 'utf8')) as Stored;
const { subnetworks, projection, weights, hits, examples } = stored;
const row = (schedule: string, R: number) =>
  subnetworks.find((one) => one.schedule === schedule && one.resamplings === R)!;
const bits = ({ bytes }: { bytes: number }) => ((8 * bytes) / weights).toFixed(1);
const rounded = (name: string) => stored.stored.find((one) => one.name.startsWith(name))!;
const spaces = (text: string) => text.replaceAll(/\s+/g, ' ');

test('the committed page is drawn from the committed numbers', () =>
  expect(renderPage(targetPage(stored, stored, stored))).toBe(
    readFileSync('reports/targets/index.html', 'utf8'),
  ));

test('the brackets of the committed page lie below the bound of the proof', () => {
  for (const { bracket, unserved } of subnetworks) {
    expect(bracket === undefined).toBe(unserved > 0);
    if (bracket === undefined) continue;
    expect(bracket.lower).toBeLessThanOrEqual(bracket.upper);
    expect(bracket.upper).toBeLessThanOrEqual(bracket.proof);
  }
});

test.each(['README.md', 'docs/theory-width.md'])('%s tells the committed numbers', (file) => {
  const text = spaces(readFileSync(file, 'utf8'));
  const [fine, coarse] = [row('theorem', 64), row('coarse', 64)];
  const said = [
    `${fine.neurons.join(', ')} neurons a block at \`R = 64\` (${fine.promised!.join(', ')} promised`,
    `${bits(row('theorem', 8))} bits a weight at \`R = 8\` and ${bits(fine)} at \`R = 64\``,
    `rounded within the same tolerances takes ${bits(rounded('rounded within the tolerances'))}`,
    `${bits(row('coarse', 8))} and ${bits(coarse)} bits against ${bits(rounded('rounded within the coarse'))}`,
    `within ${formatBound(fine.bracket!.upper, 'upper')} of f'`,
  ];
  for (const part of said) expect(text).toContain(part);
});

test('docs/theory-width.md tells the rest', () => {
  const text = spaces(readFileSync('docs/theory-width.md', 'utf8'));
  const missing: string[] = [];
  const require = (part: string) => {
    if (!text.includes(spaces(part))) missing.push(part);
  };
  for (const found of subnetworks.filter(({ schedule }) => schedule === 'theorem')) {
    const { resamplings: R, neurons, promised, unserved, bracket } = found;
    const whole = (cell: string) => (unserved > 0 ? '' : cell);
    const cells = [
      R,
      unserved > 0 ? `more than ${neurons[0]}` : neurons.join(', '),
      promised!.join(', '),
      whole(bits(found)),
      bracket === undefined
        ? ''
        : `[${formatBound(bracket.lower, 'lower')}, ${formatBound(bracket.upper, 'upper')}]`,
      whole(formatPercent(found.hits / examples)),
      projection.find((one) => one.resamplings === R)!.neurons[0]!.toExponential(1),
    ];
    require(`| ${cells.join(' | ')} |`);
  }
  require(`accuracy of f is ${formatPercent(hits / examples)}`);
  for (const R of [8, 64]) require(formatPercent(row('coarse', R).hits / examples));
  expect(missing).toEqual([]);
});
