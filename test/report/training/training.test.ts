import { expect, test } from 'vitest';
import { renderPage } from '../../../src/report/page/shell.js';
import { accuracyFigure } from '../../../src/report/training/accuracy-figure.js';
import { methodsFigure, methodsTable } from '../../../src/report/training/figure.js';
import { trainingPage } from '../../../src/report/training/page.js';
import { summarize } from '../../../src/report/training/summary.js';
import { madeRuns as compared } from './made-runs.js';

test('the verdict is that of the interval of the paired differences', () => {
  // Differences 5, 5.1, 4.9 points: t interval 5 -+ 4.303 * 0.1 / sqrt 3.
  expect(summarize(compared([0.85, 0.871, 0.889])).verdict).toBe(
    'IteRand is 5.00 points above edge-popup in the mean of 3 seeds (95 % interval of the difference 4.75 to 5.25).',
  );
  expect(summarize(compared([0.85, 0.77, 0.88])).verdict).toMatch(
    /^IteRand is 1\.33 points above .* do not decide which is better\.$/,
  );
  expect(summarize(compared([0.75, 0.77, 0.79])).verdict).toMatch(
    /^IteRand is 5\.00 points below edge-popup/,
  );
  expect(summarize(compared([0.8, 0.82, 0.84])).verdict).toContain('IteRand is level with edge-popup');
});

test('the figure draws the seeds and their mean', () => {
  const { panels, legend } = methodsFigure(compared([0.85, 0.86, 0.87]));
  expect(legend).toHaveLength(3);
  const curves = panels[0]!.data as { x: number[]; y: number[] }[];
  expect(curves).toHaveLength(12);
  expect(curves[3]!.x).toEqual([1, 2]);
  expect(curves[3]!.y[1]).toBeCloseTo(0.61, 12);
});

test('the page says what was trained, and its table the numbers', () => {
  const runs = compared([0.85, 0.86, 0.87]);
  const comparison = summarize(runs);
  expect(methodsTable(comparison).rows.map((row) => row[1]!.markup)).toEqual(['95.33', '82.00', '86.00']);
  const caveat = 'The example was chosen.';
  const page = renderPage(trainingPage(runs, comparison, caveat));
  const text = page.replaceAll(/<[^>]*>/g, '');
  expect(text).toContain('Conv2 at width 1 on MNIST (10,000 digits)');
  expect(text).toContain(caveat);
  // The answer stands first: the mean of 95, 95 and 96 % with Student's interval, 95.333 -+ 4.303 * 0.57735 / sqrt 3.
  const answer = 'Test accuracy: SGD 95.33 % (95 % interval 93.90 to 96.77); edge-popup 82.00 %';
  for (const part of [answer, comparison.verdict]) {
    expect(text).toContain(part);
    expect(text.indexOf(part)).toBeLessThan(text.indexOf('one seed'));
  }
  expect(page).not.toContain('<nav');
});

test('the main figure has every seed as a point, the means, and the paired differences', () => {
  const runs = compared([0.85, 0.86, 0.88]);
  const { panels } = accuracyFigure(runs, summarize(runs));
  const data = panels.map((panel) => panel.data as unknown as { x: number[]; y: number[] }[]);
  expect(data[0]!.length).toBe(6);
  expect(data[0]![4]!.x).toEqual([3, 3, 3]);
  [85, 86, 88].forEach((value, i) => {
    expect(data[0]![4]!.y[i]).toBeCloseTo(value, 9);
  });
  [5, 4, 4].forEach((value, i) => {
    expect(data[1]![0]!.y[i]).toBeCloseTo(value, 9);
  });
  expect(data[1]![1]!.y[0]).toBeCloseTo(13 / 3, 9);
});

test('one seed has a point and no interval', () => {
  const runs = compared([0.85, 0.86, 0.88]).map((m) => ({ ...m, runs: m.runs.slice(0, 1) }));
  const page = renderPage(trainingPage(runs, summarize(runs)));
  expect(page).toContain('95.00 % (one seed)');
  expect(page).toContain('IteRand is 5.00 points above edge-popup with one seed, which does not decide');
  const text = page.replaceAll(/<script>.*?<\/script>/gs, '');
  expect(text).not.toMatch(/Infinity|NaN|null/);
});
