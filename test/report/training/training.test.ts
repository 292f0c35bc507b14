import { expect, test } from 'vitest';
import { renderPage } from '../../../src/report/page/shell.js';
import { methodsFigure, methodsTable } from '../../../src/report/training/figure.js';
import { trainingPage } from '../../../src/report/training/page.js';
import { summarize } from '../../../src/report/training/summary.js';
import type { MethodRuns } from '../../../src/sweep/methods.js';
import type { Method } from '../../../src/train/spec/defaults.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';

const score = (accuracy: number) => ({ loss: 1, accuracy, hits: 1000 * accuracy, examples: 1000 });
const made = (method: Method, tests: readonly number[]): MethodRuns => ({
  method,
  spec: resolveTrainSpec({ network: 'conv2', method, data: 'mnist', epochs: 2 }),
  dataName: 'MNIST (10,000 digits)',
  runs: tests.map((accuracy, i) => ({
    seed: i + 1,
    epochs: [0, 1].map((epoch) => ({
      epoch,
      learningRate: 0.1,
      train: score(0.5),
      validation: score(0.5 + 0.1 * epoch + 0.01 * i),
    })),
    test: score(accuracy),
  })),
});
const compared = (iterand: readonly number[]) => [
  made('sgd', [0.95, 0.95, 0.96]),
  made('edge-popup', [0.8, 0.82, 0.84]),
  made('iterand', iterand),
];

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
  const text = renderPage(trainingPage(runs, comparison)).replaceAll(/<[^>]*>/g, '');
  expect(text).toContain('Conv2 at width 1 on MNIST (10,000 digits)');
  expect(text).toContain(comparison.verdict);
});
