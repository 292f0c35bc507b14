import { expect, test } from 'vitest';
import {
  boundByName,
  corrected,
  formulaBound,
  outsideProof,
  pensia,
} from '../../../src/theory/bounds/index.js';
import { parseDistribution } from '../../../src/theory/problem/distribution.js';
import { singleWeightTarget } from '../../../src/theory/problem/target.js';
import { constructionFor, exactProbability } from '../../../src/theory/search/construction.js';

const problem = { widths: [1, 1], epsilon: 0.1, delta: 0.01, resamplings: 1 };
const outside = (name: string, bound = corrected) =>
  outsideProof(bound, bound.layers(problem), parseDistribution(name));

test.each(['uniform:1', 'uniform:1.01', 'uniform:1.5', 'uniform:2'])(
  '%s is covered by the corrected theorem',
  (name) => expect(outside(name)).toBeUndefined(),
);

test.each([
  'uniform:0.99',
  'uniform:2.01',
  'normal:0.5',
  'normal:1',
  'normal:2',
  'two-valued:1',
  'ku:9',
  'sc:9',
])('%s is not, and the warning names it', (name) =>
  expect(outside(name)).toContain(parseDistribution(name).name),
);

test('what is covered keeps the promise at the hardest weight; normal:1 breaks it (0.01393), ku:9 and sc:9 cannot succeed', () => {
  const exact = (name: string) =>
    exactProbability(constructionFor(problem, corrected, parseDistribution(name)), singleWeightTarget(1));
  for (const name of ['uniform:1', 'uniform:1.5', 'uniform:2'])
    expect(exact(name).failure).toBeLessThanOrEqual(problem.delta);
  expect(exact('normal:1').failure).toBeCloseTo(0.01393, 5);
  for (const name of ['ku:9', 'sc:9']) expect(exact(name).success).toBe(0);
});

test('the paper’s widths are stated for uniform:1 alone; an order and a user’s formula prove nothing', () => {
  expect(outside('uniform:1', boundByName('paper'))).toBeUndefined();
  expect(outside('uniform:1.5', boundByName('paper'))).toMatch(/stated for uniform:1 alone/);
  expect(outside('normal:1', pensia)).toBeUndefined();
  expect(outside('normal:1', formulaBound('4'))).toBeUndefined();
});
