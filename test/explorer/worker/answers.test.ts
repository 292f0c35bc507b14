import { describe, expect, it } from 'vitest';
import { DEFAULTS, fields, type State } from '../../../src/explorer/state.js';
import { analyse } from '../../../src/explorer/worker/analyse.js';
import type { Answer } from '../../../src/explorer/worker/messages.js';
import { simulate } from '../../../src/explorer/worker/simulate.js';
import { boundByName } from '../../../src/theory/bounds/index.js';
import { boundsTable } from '../../../src/theory/bounds/table.js';
import { parseDistribution, uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget, singleWeightTarget } from '../../../src/theory/problem/target.js';
import { constructionFor, exactProbability, hiddenWidth } from '../../../src/theory/search/construction.js';
import { strategyNames } from '../../../src/theory/search/strategies/index.js';
import { constructionSuccessRate } from '../../../src/theory/simulate/montecarlo.js';
import { defaultSimulator } from '../../../src/theory/simulate/simulable.js';

const small: State = { ...DEFAULTS, widths: '5,3,2', resamplings: '40' };
const problem = { widths: [5, 3, 2], epsilon: 0.1, delta: 0.01, resamplings: 40 };
const weight: State = { ...DEFAULTS, widths: '1,1', target: 'weight', trials: '500' };

type Kind = Answer['kind'];
const all = (state: State) => [...analyse(state)];
const last = <K extends Kind>(answers: readonly Answer[], kind: K) =>
  answers.findLast((answer): answer is Extract<Answer, { kind: K }> => answer.kind === kind)!;

describe('the analysis', () => {
  it('has the bounds of the library, those with the recursion last', () => {
    const { bounds, lower } = boundsTable(problem, uniform(1), { recursion: true });
    expect(last(all(small), 'table')).toMatchObject({ bounds, lower, refining: false });
    const few = all({ ...weight, resamplings: '4' }).filter(({ kind }) => kind === 'table');
    expect(few).toMatchObject([{ refining: true }, { refining: false }]);
    const exact = boundsTable({ widths: [1, 1], epsilon: 0.1, delta: 0.01, resamplings: 4 }, uniform(1), {
      recursion: true,
    });
    expect(few[1]).toMatchObject(exact);
  });

  it('has the exact probability of the library, at the bound’s width and at a multiple', () => {
    const own = constructionFor(problem, boundByName('corrected'), uniform(1));
    const target = makeTarget('gaussian', problem.widths, 1);
    const { hidden, probability } = last(all(small), 'present');
    expect(hidden).toEqual(own.layers.map(hiddenWidth));
    expect(probability).toEqual(exactProbability(own, target));
    const half = last(all({ ...small, factor: '0.5' }), 'present');
    const again = constructionFor(problem, boundByName('corrected'), uniform(1), { hidden: half.hidden });
    expect(half.probability).toEqual(exactProbability(again, target));
    expect(half.neurons).toEqual(own.layers.map(({ neurons }) => Math.round(neurons / 2)));
  });

  it('takes targets and distributions as the command line does', () => {
    const { probability } = last(all({ ...weight, weight: '-0.5', distribution: 'normal:1' }), 'present');
    const one = { ...problem, widths: [1, 1], resamplings: 1000 };
    const construction = constructionFor(one, boundByName('corrected'), parseDistribution('normal:1'));
    expect(probability).toEqual(exactProbability(construction, singleWeightTarget(-0.5)));
  });

  it.each([
    small,
    { ...small, factor: '0.001' },
    { ...small, factor: '8' },
    { ...weight, resamplings: '4' },
    { ...weight, resamplings: '4', delta: '1e-9' },
  ])('draws a falling curve through the present point, from near 1 to far below delta: %o', (state) => {
    const answers = all(state);
    const { points } = last(answers, 'curve');
    const { hidden, probability, delta } = last(answers, 'present');
    expect(points.length).toBeGreaterThan(10);
    for (let i = 1; i < points.length; i++) {
      expect(points[i]!.width).toBeGreaterThanOrEqual(points[i - 1]!.width);
      expect(points[i]!.failure).toBeLessThanOrEqual(points[i - 1]!.failure);
    }
    expect(points.at(-1)!.failure).toBeLessThanOrEqual(delta / 100);
    const ends = [points[0]!.failure > 0.9, hidden[0]! < points[0]!.width * 2];
    expect(ends).toContain(true);
    const here = points.find(({ width }) => width === hidden[0]);
    if (here !== undefined) expect(here.failure).toBe(probability!.failure);
  });

  it('has no exact curve for strategies without a formula, and says why widths are not proved', () => {
    const kinds = (state: State) => all(state).map(({ kind }) => kind);
    expect(kinds({ ...small, strategy: 'subset-sum' })).toEqual(['table', 'present']);
    expect(last(all({ ...small, strategy: 'subset-sum' }), 'present').probability).toBeUndefined();
    expect(last(all({ ...weight, distribution: 'normal:1' }), 'present').warning).toContain('not proved');
  });

  it('names the command that prints its numbers', () => {
    expect(last(all(small), 'present').command).toBe(
      'npx iterand simulate --widths 5,3,2 --epsilon 0.1 --delta 0.01 --resamplings 40 --trials 200 --seed 1',
    );
    const { command, hidden } = last(all({ ...weight, factor: '2', strategy: 'product' }), 'present');
    expect(command).toContain(`--weight 1 --epsilon 0.1`);
    expect(command).toContain(`--strategy product --hidden ${hidden.join()}`);
  });
});

describe('a bad input', () => {
  it.each([
    ['widths', '3,x', "widths 'x': must be a number"],
    ['widths', '3,0', 'widths 3,0: 0 is not a positive integer'],
    ['widths', '60000,60000', 'entries d_0 x d_1'],
    ['widths', '5000,5000', 'more than the 4194304 that the page draws'],
    ['epsilon', '2', 'epsilon 2: must lie in (0, 1]'],
    ['epsilon', '', "epsilon '': is empty"],
    ['delta', '1', 'delta 1: must lie strictly between 0 and 1'],
    ['resamplings', '1.5', 'resamplings 1.5: must be an integer'],
    ['distribution', 'unifrom:1', "did you mean 'uniform'"],
    ['distribution', 'uniform:0', 'uniform:0'],
    ['strategy', 'projections', "did you mean 'projection'"],
    ['bound', 'corected', "did you mean 'corrected'"],
    ['bound', 'lemma-4.2', 'lemma-4.2 is about one weight'],
    ['bound', 'resampled', 'sums over several neurons'],
    ['factor', '0', 'factor 0: must be a number in'],
    ['factor', '1e9', 'hidden width D_1'],
    ['target', 'gausian', "did you mean 'gaussian'"],
    ['target', 'weight', 'is for widths 1,1'],
    ['seed', '-1', 'seed -1'],
    ['trials', '0', 'trials 0'],
    ['trials', '5; touch gone', "trials '5; touch gone': must be a number"],
  ] as const)('in %s, %s, is a complaint at its field', (field, value, message) => {
    const complaint = last(all({ ...DEFAULTS, [field]: value }), 'complaint');
    expect(complaint.field).toBe(field);
    expect(complaint.message).toContain(message);
  });

  it('of the experiment leaves the bounds standing', () => {
    const answers = all({ ...DEFAULTS, bound: 'corected' });
    expect(answers.map(({ kind }) => kind)).toEqual(['table', 'complaint']);
  });

  it('never comes into the command: a link may hold what a shell carries out', () => {
    const bad = '1 $(touch gone)';
    for (const field of fields) {
      const answers = all({ ...weight, [field]: bad });
      expect(last(answers, 'complaint').field).toBe(field);
      expect(last(answers, 'present')).toBeUndefined();
    }
    const odd = { ...weight, trials: '+5e2', seed: '+7', weight: '.5', delta: '1e-2', resamplings: '+4.' };
    expect(last(all(odd), 'present').command).toBe(
      'npx iterand simulate --weight 0.5 --epsilon 0.1 --delta 0.01 --resamplings 4 --trials 500 --seed 7',
    );
  });

  it('of the trials is found when they are run', () => {
    expect([...simulate({ ...weight, trials: '0' })]).toMatchObject([{ kind: 'complaint', field: 'trials' }]);
    const wide = { ...DEFAULTS, strategy: 'subset-sum', bound: 'corrected' };
    expect([...simulate(wide)]).toMatchObject([{ kind: 'complaint', field: 'factor' }]);
  });
});

describe('the trials', () => {
  it.each(strategyNames)('are those of the library, however they are cut: %s', async (strategy) => {
    const factor = strategy.startsWith('subset') ? '0.2' : '0.5';
    const state = { ...weight, resamplings: '4', epsilon: '0.3', factor, strategy, trials: '300' };
    const answers = [...simulate(state)];
    const { trials, successes, of, interval, alpha } = last(answers, 'trials');
    expect([trials, of]).toEqual([300, 300]);
    const { hidden } = last(all(state), 'present');
    const construction = constructionFor(
      { widths: [1, 1], epsilon: 0.3, delta: 0.01, resamplings: 4 },
      boundByName(strategy.startsWith('subset') ? 'resampled' : 'corrected'),
      uniform(1),
      { strategy, hidden },
    );
    const expected = await constructionSuccessRate(
      construction,
      singleWeightTarget(1),
      defaultSimulator(strategy),
      { trials: 300, seed: 1, alpha },
    );
    expect(successes).toBe(expected.successes);
    expect(interval).toEqual(expected.interval);
    expect(successes).toBeGreaterThan(0);
    expect(successes).toBeLessThan(300);
  });

  it('tell how far they are after each piece', () => {
    const counts = [...simulate(weight)].map((answer) => (answer.kind === 'trials' ? answer.trials : 0));
    expect(counts[0]).toBe(1);
    for (let i = 1; i < counts.length; i++) expect(counts[i]).toBeGreaterThan(counts[i - 1]!);
    expect(counts.at(-1)).toBe(500);
  });
});
