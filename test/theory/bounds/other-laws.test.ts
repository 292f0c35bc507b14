import { describe, expect, it } from 'vitest';
import { clopperPearson } from '../../../src/core/intervals.js';
import { stream } from '../../../src/core/rng.js';
import { leastNeurons } from '../../../src/theory/bounds/closed-form.js';
import { counting, layer, outsideProof, resampledFor, universal } from '../../../src/theory/bounds/index.js';
import { lawConstants, lawNeurons, lawRates } from '../../../src/theory/bounds/other-laws.js';
import { kaimingUniform, normal, twoValued, uniform } from '../../../src/theory/problem/distribution.js';
import { tabulated } from '../../../src/theory/problem/tabulated.js';

const problem = { widths: [20, 10, 5], epsilon: 0.1, delta: 0.01, resamplings: 8 };
const neurons = (law: Parameters<typeof resampledFor>[0], rescaled: boolean) =>
  resampledFor(law, { rescaled })
    .layers(problem)
    .map((layer) => layer.neurons!);

describe('the theorem for other laws', () => {
  it('has the constants of N(0,1): c = phi(1), p = 0.15982 at a = 3/4', () => {
    const found = lawConstants(normal(1), normal(1), 2).find(
      ({ b, bPrime, a }) => b === 1 && bPrime === 1 && a === 0.75,
    )!;
    expect(found.c).toBeCloseTo(Math.exp(-0.5) / Math.sqrt(2 * Math.PI), 10);
    expect(found.p).toBeCloseTo(0.15982, 5);
    const table = { 1: 0.013, 2: 0.0459, 4: 0.1483, 8: 0.4159, 16: 0.9503, 32: 1.6588, 64: 2.3499 };
    for (const [R, value] of Object.entries(table))
      expect(-lawRates(found, Number(R)).logLambda).toBeCloseTo(value, 4);
  });

  it('is U[-1,1] for a Kaiming uniform law after rescaling, and needs far more before it', () => {
    expect(neurons(kaimingUniform(100), true)).toEqual(neurons(uniform(1), true));
    const before = neurons(kaimingUniform(100), false);
    // n b b' >= 1 - t is necessary: b b' = 0.06.
    for (const n of before) expect(n).toBeGreaterThan(1 / 0.06 - 1);
  });

  it('asks for no more where one scalar may multiply the output', () => {
    const without = neurons(normal(0.5), false);
    neurons(normal(0.5), true).forEach((n, k) => {
      expect(n).toBeLessThan(without[k]!);
    });
  });

  it('F4: u = -1 or 1 and v uniform: rho = 1/2 and x = 2^-R, better than u uniform', () => {
    const found = lawConstants(twoValued(1), uniform(1), 2).filter(
      ({ b, bPrime }) => b === 1 && bPrime === 1,
    );
    const best = found.find(({ a }) => a === 1)!;
    expect(best.c).toBeCloseTo(0.5, 11);
    expect(best.p).toBeCloseTo(0.5, 11);
    const R = 6;
    const gamma = (1 - 0.5 ** (R + 1)) / ((R + 1) * 0.5);
    expect(lawRates(best, R).logLambda).toBeCloseTo(Math.log(2 ** -R + (1 - 2 ** -R) * gamma), 10);
    const n = leastNeurons(lawRates(best, R), 1e-3, Math.log(0.01));
    expect(n).toBeLessThan(
      lawNeurons(
        lawConstants(uniform(1), uniform(1), 2).find(
          ({ b, bPrime, a }) => b === 1 && bPrime === 1 && a === 0.75,
        )!,
        R,
        1e-3,
        Math.log(0.01),
        false,
      ),
    );
  });

  it('ends where no whole number counts the neurons, and says so', () => {
    const [first] = lawConstants(uniform(1e-7), uniform(1e-7), 2);
    expect(lawNeurons(first!, 1, 1e-3, Math.log(0.01), false)).toBe(Number.POSITIVE_INFINITY);
    for (const a of [1e-8, 1e-20, 1e-150])
      expect(() => neurons(uniform(a), false)).toThrow('no n up to 2^52 is shown to be enough');
    // 1e10 successes of two at a time still count.
    for (const n of neurons(uniform(1e-5), false)) expect(n).toBeGreaterThan(1e10);
    expect(neurons(uniform(1e-20), true)).toEqual(neurons(uniform(1), true));
  });

  it.each([
    ['normal:1', normal(1), 4, 0.05, 0.3],
    [
      'a table',
      tabulated('table', [
        { x: -1.5, F: 0 },
        { x: 0, F: 0.4 },
        { x: 1.5, F: 1 },
      ]),
      4,
      0.05,
      0.3,
    ],
  ] as const)('does not fail more often than it says: %s', (_, law, R, t, delta) => {
    const constants = lawConstants(law, law, 1);
    const n = Math.min(...constants.map((c) => lawNeurons(c, R, t, Math.log(delta), false)));
    const random = stream(9, 'other laws', law.name);
    const draw = 'quantile' in law ? () => law.quantile(random.uniform()) : () => tableDraw(random.uniform());
    let failures = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      // Every choice with one u a neuron, the first positive one; slopes on a grid of t/8, so that they stay few: near hits count as misses.
      let reached = new Set<number>([0]);
      let hit = false;
      for (let i = 0; i < n && !hit; i++) {
        const us = Array.from({ length: R }, draw);
        const u = us.find((x) => x > 0.5);
        const vs = Array.from({ length: R }, draw);
        if (u === undefined) continue;
        const next = new Set(reached);
        for (const v of vs)
          for (const s of reached) {
            const slope = s + Math.round((u * v) / (t / 64));
            if (Math.abs(slope) < 200 * 64) next.add(slope);
          }
        reached = next;
        // Each of the n roundings is off by at most t/128.
        hit = [...reached].some((s) => Math.abs((s * t) / 64 - 1) <= t * (1 - n / 128));
      }
      if (!hit) failures++;
    }
    // Two intervals: false alarm at most 2e-12.
    expect(clopperPearson(failures, trials, 1e-12).low).toBeLessThan(delta);
  });

  it('F5 and (V): names what is missing', () => {
    const positive = tabulated('positive', [
      { x: 0.1, F: 0 },
      { x: 1, F: 1 },
    ]);
    expect(() => lawConstants(positive, uniform(1), 1)).not.toThrow();
    expect(() => lawConstants(positive, uniform(1), 2)).toThrow('no mass on both sides of 0');
    expect(() => lawConstants(uniform(1), positive, 1)).toThrow('no density bounded below around 0');
    expect(() => resampledFor(twoValued(1), { rescaled: false }).layers(problem)).toThrow('two-valued:1');
  });
});

describe('where a bound is proved', () => {
  it('the theorem for a law, for that law; counting for U[-1,1]; layer for all; universal with half of the weights at most 0', () => {
    const bound = resampledFor(normal(1), { rescaled: false });
    expect(outsideProof(bound, bound.layers(problem), normal(1))).toBeUndefined();
    expect(outsideProof(bound, bound.layers(problem), normal(2))).toBeDefined();
    const skew = tabulated('skew', [
      { x: -1, F: 0 },
      { x: 0, F: 0.4 },
      { x: 1, F: 1 },
    ]);
    expect([uniform(1), normal(1), skew].map((law) => counting.provedFor(law))).toEqual([true, false, false]);
    expect([uniform(1), normal(1), skew].map((law) => layer.provedFor(law))).toEqual([true, true, true]);
    expect([uniform(1), normal(1), skew].map((law) => universal.provedFor(law))).toEqual([true, true, false]);
  });
});

/** The quantiles of the table in the test above. */
const tableDraw = (x: number) => (x < 0.4 ? -1.5 + (1.5 * x) / 0.4 : (1.5 * (x - 0.4)) / 0.6);
