import { expect, test } from 'vitest';
import { methodsTable } from '../../../src/cli/report-training.js';
import { renderPage } from '../../../src/report/page/shell.js';
import { trainingPage } from '../../../src/report/training/page.js';
import { compare } from '../../../src/sweep/compare/compare.js';
import { madeMethods } from '../../sweep/compare/made-runs.js';

const VERDICT = 'IteRand is 5.00 points above edge-popup in the mean of 3 seeds';

test('the page says what was trained, the answer first', () => {
  const caveat = 'The example was chosen.';
  const page = renderPage(trainingPage(compare(madeMethods()), caveat));
  const text = page.replaceAll(/<[^>]*>/g, '');
  expect(text).toContain('Conv2 at width 1 on MNIST (10,000 digits)');
  expect(text).toContain(caveat);
  // The mean of 95, 95 and 96 % with Student's interval, 95.333 -+ 4.303 * 0.57735 / sqrt 3.
  const answer = 'Test accuracy: SGD 95.33 % (95 % interval 93.90 to 96.77); edge-popup 82.00 %';
  for (const part of [answer, VERDICT]) {
    expect(text).toContain(part);
    expect(text.indexOf(part)).toBeLessThan(text.indexOf('one run'));
  }
  expect(page).not.toContain('<nav');
});

test('the main figure has every seed, the means, and the gain by randomization alone', () => {
  const { panels } = trainingPage(compare(madeMethods([0.85, 0.86, 0.88]))).lead.figure;
  const [accuracies, gain] = panels.map((panel) => panel.data as unknown as { x: number[]; y: number[] }[]);
  expect(accuracies).toHaveLength(6);
  expect(gain).toHaveLength(2);
  [5, 4, 4].forEach((value, i) => {
    expect(gain![0]!.y[i]).toBeCloseTo(value, 9);
  });
  expect(gain![1]!.y[0]).toBeCloseTo(13 / 3, 9);
});

test('one seed has a point and no interval', () => {
  const page = renderPage(trainingPage(compare(madeMethods().filter(({ seed }) => seed === 1))));
  expect(page).toContain('95.00 % (one seed)');
  expect(page).toContain('IteRand is 5.00 points above edge-popup with one seed, which does not decide');
  const text = page.replaceAll(/<script>.*?<\/script>/gs, '');
  expect(text).not.toMatch(/Infinity|NaN|null/);
});

test('the terminal shows the same means, and the gain in words', () => {
  const lines = methodsTable(compare(madeMethods())).split('\n');
  expect(
    lines
      .filter((line) => /SGD|edge-popup │|IteRand +│/.test(line))
      .map((line) => line.split('│')[2]!.trim()),
  ).toEqual(['95.33 %', '82.00 %', '87.00 %']);
  expect(lines.at(-1)).toContain(VERDICT);
});
