import { expect, test } from 'vitest';
import { decided, methodsTable } from '../../../src/report/methods/cells.js';
import { rateChoices, refreshChoices } from '../../../src/report/methods/choice.js';
import { gainText } from '../../../src/report/methods/gains.js';
import { madeRun } from '../../sweep/compare/made-runs.js';
import { madeTable } from './made-table.js';

test('rows are rules and sparsities, columns refreshes; fixed masks stand last', () => {
  const { rows } = methodsTable(madeTable());
  expect(rows.map(({ label, cells }) => [label, ...cells.keys()])).toEqual([
    ['edge-popup, p = 0.5', 'none', 'randomize', 'recycle'],
    ['biprop, p = 0.5', 'none', 'randomize'],
    ['edge-popup, p = 0.9', 'none', 'randomize'],
    ['supermask', 'none', 'recycle'],
    ['random, p = 0.5', 'none'],
  ]);
});

test('each refresh is held against none of its own rule and sparsity, and no two rules against each other', () => {
  const { gains } = methodsTable(madeTable());
  expect(gains.map(gainText)).toEqual([
    'edge-popup, p = 0.5: randomize',
    'edge-popup, p = 0.5: recycle',
    'biprop, p = 0.5: randomize',
    'edge-popup, p = 0.9: randomize',
    'supermask: recycle',
  ]);
  for (const gain of gains) expect(gain.difference.minus.label).toMatch(/, none$/);
});

test('Student’s p values, and Holm’s over the family of five', () => {
  const { gains } = methodsTable(madeTable());
  const [first, second] = gains as [(typeof gains)[number], (typeof gains)[number]];
  // Differences 4, 5, 6 points: t = 5 / (1 / sqrt 3); p = 1 - t / sqrt(2 + t^2) with two degrees of freedom.
  const t = 5 * Math.sqrt(3);
  expect(first.p).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 9);
  // Smallest of five.
  expect(first.adjusted).toBeCloseTo(5 * first.p, 9);
  expect(decided(first)).toBe('open');
  expect(decided({ ...first, adjusted: 0.01 })).toBe('above');
  // Differences -1, 0, 1.
  expect(second.difference.estimate.mean).toBeCloseTo(0, 9);
  expect(second.p).toBeCloseTo(1, 9);
  expect(decided({ ...second, adjusted: 0.01 })).toBe('below');
});

test('the best mean on validation is chosen, of equal ones the first; test accuracies do not matter', () => {
  const tries = [
    ...[1, 2].map((seed) => madeRun({ method: 'edge-popup', learningRate: 1 }, seed, 0.2, 0.9)),
    ...[1, 2].map((seed) => madeRun({ method: 'edge-popup', learningRate: 0.3 }, seed, 0.99, 0.8)),
    ...[1, 2].map((seed) => madeRun({ rule: 'gates', learningRate: 3 }, seed, 0.1, 0.5)),
    ...[1, 2].map((seed) => madeRun({ rule: 'gates', learningRate: 0.3 }, seed, 0.1, 0.5)),
  ];
  expect(rateChoices(tries).map(({ of, chosen }) => [of, chosen.setting, chosen.values])).toEqual([
    ['edge-popup, p = 0.5', '1', [90, 90]],
    ['gates', '0.3', [50, 50]],
  ]);
});

test('K_per and r are chosen for each refresh over all rules', () => {
  const tries = ['edge-popup', 'biprop'].flatMap((rule, i) =>
    ['randomize', 'recycle'].flatMap((refresh) =>
      [5, 50].map((period) =>
        // The long period is better for one rule by more than it is worse for the other.
        madeRun({ rule, refresh, period }, 1, 0.1, 0.5 + (period === 50 ? (i === 0 ? -0.1 : 0.2) : 0)),
      ),
    ),
  );
  expect(refreshChoices(tries).map(({ of, chosen }) => [of, chosen.setting])).toEqual([
    ['randomize', 'K_per = 50, r = 0.1'],
    ['recycle', 'K_per = 50, r = 0.1'],
  ]);
});
