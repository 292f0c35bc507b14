import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corrected } from '../../../src/theory/bounds/index.js';
import {
  normal,
  twoValued,
  uniform,
  type WeightDistribution,
} from '../../../src/theory/problem/distribution.js';
import { makeTarget } from '../../../src/theory/problem/target.js';
import { constructionFor, exactProbability } from '../../../src/theory/search/construction.js';
import { drawNetwork, networkShape, sampleCount } from '../../../src/theory/search/network.js';
import { searchNetwork } from '../../../src/theory/search/search.js';
import { outcomeNetwork, outcomeTrial } from '../../../src/theory/simulate/outcome.js';
import { type SmallCase, smallCase } from '../constructions.js';
import { binomialPValue, FALSE_ALARM, twoSamplePValue } from '../statistics.js';

const draws = ({ construction, target, seed }: SmallCase, trial: number) =>
  searchNetwork(construction, target, drawNetwork(construction, seed, trial));

describe('exact = simulated', () => {
  // Exact binomial tests of the success count at the closed form's probability, false alarm FALSE_ALARM each, 2 x 40.
  it('random small constructions of one to three layers, both simulators', () => {
    fc.assert(
      fc.property(smallCase, (small) => {
        const { construction, target, seed } = small;
        const { success } = exactProbability(construction, target);
        let [drawn, sampled] = [0, 0];
        for (let trial = 0; trial < 400; trial++) {
          if (draws(small, trial).success) drawn++;
          if (outcomeTrial(construction, target, seed, trial).success) sampled++;
        }
        expect(binomialPValue(drawn, 400, success)).toBeGreaterThan(FALSE_ALARM);
        expect(binomialPValue(sampled, 400, success)).toBeGreaterThan(FALSE_ALARM);
      }),
      { numRuns: 40 },
    );
  });

  // The same with more power on a few; false alarm FALSE_ALARM each.
  const laws: readonly [string, WeightDistribution, number, number][] = [
    ['uniform', uniform(1), 0.5, 9],
    ['normal', normal(0.7), 0.6, 9],
    ['two-valued', twoValued(0.9), 0.6, 2],
  ];
  it.each(laws)('a network of two layers, 20,000 trials: %s', (_name, law, tolerance, neurons) => {
    const problem = { widths: [2, 3, 2], epsilon: 1, delta: 0.1, resamplings: 3 };
    const hidden = [2 * 2 * neurons, 3 * neurons];
    const construction = constructionFor(problem, corrected, law, { hidden, tolerance });
    const target = makeTarget(law.name.startsWith('two') ? 'extreme' : 'gaussian', problem.widths, 3);
    if (law.name.startsWith('two')) for (const matrix of target.matrices) matrix.fill(0.81);
    const { success } = exactProbability(construction, target);
    expect(success).toBeGreaterThan(0.02);
    expect(success).toBeLessThan(0.98);
    let sampled = 0;
    for (let trial = 0; trial < 20_000; trial++)
      if (outcomeTrial(construction, target, 1, trial).success) sampled++;
    expect(binomialPValue(sampled, 20_000, success)).toBeGreaterThan(FALSE_ALARM);
    let drawn = 0;
    for (let trial = 0; trial < 2000; trial++)
      if (draws({ construction, target, seed: 1 }, trial).success) drawn++;
    expect(binomialPValue(drawn, 2000, success)).toBeGreaterThan(FALSE_ALARM);
  });

  it('at the theorem width of a large network, where nothing can be drawn', () => {
    const problem = { widths: [784, 30, 10], epsilon: 0.1, delta: 0.5, resamplings: 1000 };
    // Half the corrected theorem's neurons: success is neither sure nor hopeless.
    const hidden = corrected.layers(problem).map(({ width }) => Math.floor(0.5 * width));
    const construction = constructionFor(problem, corrected, uniform(1), { hidden });
    const target = makeTarget('extreme', problem.widths, 1);
    const { success } = exactProbability(construction, target);
    expect(success).toBeGreaterThan(0.01);
    expect(success).toBeLessThan(0.99);
    let successes = 0;
    for (let trial = 0; trial < 300; trial++)
      if (outcomeTrial(construction, target, 1, trial).success) successes++;
    // False alarm FALSE_ALARM.
    expect(binomialPValue(successes, 300, success)).toBeGreaterThan(FALSE_ALARM);
  });
});

describe('exact, against every network there is', () => {
  // Two-valued weights: each of the 2^samples networks has the same probability, and the search itself counts.
  it.each([
    { widths: [1, 2], hidden: [2], resamplings: 2 },
    { widths: [1, 1], hidden: [6], resamplings: 1 },
    { widths: [1, 1, 1], hidden: [2, 2], resamplings: 2 },
    { widths: [2, 1, 1], hidden: [4, 2], resamplings: 1 },
  ])('widths $widths, hidden $hidden, R=$resamplings', ({ widths, hidden, resamplings }) => {
    const law = twoValued(0.9);
    const problem = { widths, epsilon: 0.5, delta: 0.1, resamplings };
    const construction = constructionFor(problem, corrected, law, { hidden, tolerance: 0.5 });
    // Entries that one value serves, that the other serves, that both serve, and that none serves.
    for (const weights of [
      [0.9, -0.7],
      [-1, 1],
      [0.95, 0.2],
    ]) {
      const matrices = widths
        .slice(1)
        .map((outputs, k) =>
          Float64Array.from({ length: outputs * widths[k]! }, (_, e) => weights[e % weights.length]!),
        );
      const target = { widths, matrices };
      const shape = networkShape(construction);
      const total = sampleCount(construction);
      let successes = 0;
      for (let bits = 0; bits < 2 ** total; bits++) {
        let at = 0;
        const samples = shape
          .slice(1)
          .map((rows, m) =>
            Float64Array.from({ length: rows * shape[m]! * resamplings }, () =>
              law.quantile((bits >>> at++) & 1 ? 0.75 : 0.25),
            ),
          );
        if (searchNetwork(construction, target, { shape, resamplings, samples }).success) successes++;
      }
      const { success, failure } = exactProbability(construction, target);
      expect(success).toBeCloseTo(successes / 2 ** total, 13);
      expect(failure).toBeCloseTo(1 - successes / 2 ** total, 13);
    }
  });
});

describe('the effective networks of both simulators have one law', () => {
  // Two-sample Dvoretzky-Kiefer-Wolfowitz bounds, false alarm 2 x FALSE_ALARM each; failures count as 0.
  it.each([
    ['uniform', uniform(1), 0.6, 4],
    ['normal', normal(0.6), 0.8, 3],
  ] as const)('%s, tolerance %d, R=%i', (_name, law, tolerance, resamplings) => {
    const problem = { widths: [1, 2, 1], epsilon: 0.5, delta: 0.1, resamplings };
    const hidden = [2 * 6, 2 * 6];
    const construction = constructionFor(problem, corrected, law, { hidden, tolerance });
    const target = {
      widths: problem.widths,
      matrices: [Float64Array.of(0.8, -0.2), Float64Array.of(0.9, 0.3)],
    };
    const drawn: Record<string, number[]> = {};
    const sampled: Record<string, number[]> = {};
    const note = (
      into: Record<string, number[]>,
      { layers }: ReturnType<typeof outcomeNetwork>['effective'],
    ) => {
      const [first, second] = layers as [(typeof layers)[0], (typeof layers)[0]];
      const values: Record<string, number> = {
        plus: first.positive[0]!,
        minus: first.negative![1]!,
        second: second.positive[0]!,
        // Outputs served by one neuron share its u: the joint law shows it.
        product: first.positive[0]! * first.positive[1]!,
        ratio: first.positive[0]! / (first.positive[1]! || 1),
        across: first.negative![0]! - second.positive[1]!,
      };
      for (const [name, value] of Object.entries(values)) {
        into[name] ??= [];
        into[name].push(value);
      }
    };
    for (let trial = 0; trial < 6000; trial++) {
      note(drawn, draws({ construction, target, seed: 8 }, trial).effective);
      note(sampled, outcomeNetwork(construction, target, 9, trial).effective);
    }
    for (const name of Object.keys(drawn))
      expect(twoSamplePValue(drawn[name]!, sampled[name]!)).toBeGreaterThan(FALSE_ALARM);
  });

  it('a trial has one outcome, with or without its effective network', () => {
    fc.assert(
      fc.property(smallCase, fc.nat(1000), ({ construction, target, seed }, trial) => {
        const { effective: _, ...outcome } = outcomeNetwork(construction, target, seed, trial);
        expect(outcome).toEqual(outcomeTrial(construction, target, seed, trial));
      }),
    );
  });
});
