import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clopperPearson } from '../../../src/core/intervals.js';
import { stream } from '../../../src/core/rng.js';
import {
  corrected,
  counting,
  layer,
  layerOfTwoValuedV,
  resampledBound,
  universal,
} from '../../../src/theory/bounds/index.js';
import { logConfigurations } from '../../../src/theory/bounds/lower.js';
import { big, math, relativeError } from '../big.js';

const one = { widths: [1, 1], epsilon: 1e-3, delta: 0.1, resamplings: 16 };

describe('lower bounds', () => {
  it('count configurations to full accuracy', () => {
    for (const D of [2, 3, 10, 400])
      for (const R of [1, 2, 100, 1e6]) {
        const square = big(R).times(R);
        const exact = square.plus(1).pow(D).minus(square.div(2).plus(1).pow(D).times(2)).plus(1);
        expect(relativeError(logConfigurations(D, R), math.log(exact) as typeof exact)).toBeLessThan(1e-12);
      }
    expect(logConfigurations(1, 5)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('counting: one neuron fewer is below the promise, its own width is not', () => {
    for (const resamplings of [1, 4, 16, 1000])
      for (const epsilon of [1e-2, 1e-4, 1e-9]) {
        const D = counting.width({ ...one, epsilon, resamplings });
        const success = (d: number) => 4 * epsilon ** 2 * Math.exp(logConfigurations(d, resamplings));
        if (D > Math.ceil(Math.log2(20) / resamplings)) expect(success(D - 1)).toBeLessThan(0.9);
        expect(success(D)).toBeGreaterThanOrEqual(0.9 * (1 - 1e-9));
      }
  });

  it('counting: simulated successes of one half-line stay below 2 t ((1+R^2/2)^n - 1)', () => {
    const trials = 20_000;
    for (const [R, t, n, w] of [
      [16, 1e-3, 1, 0.2],
      [4, 1e-2, 2, 0.5],
    ] as const) {
      let successes = 0;
      const random = stream(3, 'counting', R, n);
      const samples = new Float64Array(2 * R * n);
      for (let trial = 0; trial < trials; trial++) {
        random.fill(samples);
        if (served(samples, R, n, w, t)) successes++;
      }
      // Two intervals: false alarm at most 2e-12.
      expect(clopperPearson(successes, trials, 1e-12).low).toBeLessThan(2 * t * ((1 + R ** 2 / 2) ** n - 1));
      expect(successes).toBeGreaterThan(0);
    }
  });

  it('layer: the formula, never rounded above it', () => {
    const problem = { widths: [64, 64], epsilon: 1e-4, delta: 0.1, resamplings: 32 };
    expect(layer.width(problem)).toBe(85);
    expect(layer.width({ ...problem, resamplings: 1000 })).toBe(43);
    expect(layer.width({ ...problem, widths: [10, 1000], resamplings: 1000 })).toBe(14);
    expect(layer.applies({ ...problem, widths: [2, 2, 2] })).toBe(false);
  });

  it('universal: 2^(-R D) > delta below it, whatever the shape', () => {
    for (const delta of [0.5, 0.1, 1e-10, 1e-300])
      for (const resamplings of [1, 3, 50]) {
        const D = universal.width({ widths: [3, 4, 5], epsilon: 0.1, delta, resamplings });
        if (D > 1) expect(2 ** (-resamplings * (D - 1))).toBeGreaterThan(delta);
        expect(2 ** (-resamplings * D)).toBeLessThanOrEqual(delta * (1 + 1e-9));
      }
    expect(universal.applies({ ...one, epsilon: 1 })).toBe(false);
  });

  it('never exceed what a theorem says is enough', () => {
    const closed = resampledBound({ recursion: false });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 3 }),
        fc.double({ min: 1e-6, max: 0.8, noNaN: true }),
        fc.double({ min: 1e-12, max: 0.5, noNaN: true }),
        fc.integer({ min: 1, max: 1e5 }),
        (widths, epsilon, delta, resamplings) => {
          const problem = { widths, epsilon, delta, resamplings };
          for (const lower of [counting, layer, universal])
            if (lower.applies(problem))
              for (const upper of [closed, corrected])
                expect(lower.width(problem)).toBeLessThanOrEqual(upper.layers(problem)[0]!.width);
        },
      ),
    );
  });
});

/** Whether a choice among n neurons, all R^2 pairs with u > 0 each or none, has its slope within t of w. */
function served(samples: Float64Array, R: number, n: number, w: number, t: number): boolean {
  let slopes = [0];
  for (let i = 0; i < n; i++) {
    const next = [...slopes];
    for (let a = 0; a < R; a++) {
      const u = 2 * samples[i * 2 * R + a]! - 1;
      if (u > 0)
        for (let b = 0; b < R; b++)
          for (const slope of slopes) next.push(slope + u * (2 * samples[i * 2 * R + R + b]! - 1));
    }
    slopes = next;
  }
  return slopes.some((slope) => Math.abs(slope - w) <= t);
}

describe('v of two values (F3)', () => {
  const problem = { widths: [64, 64], epsilon: 1e-4, delta: 0.1, resamplings: 32 };
  const at = (resamplings: number, widths = problem.widths) =>
    layerOfTwoValuedV({ ...problem, widths, resamplings });

  it('is the counting bound with 3 in place of 1+R for the outputs, in 64-digit arithmetic', () => {
    for (const widths of [
      [64, 64],
      [10, 1000],
      [1000, 10],
    ])
      for (const R of [1, 2, 32, 1e6]) {
        const [inputs, outputs] = widths as [number, number];
        const nats = big(inputs * outputs)
          .times(math.log(big(1e4)) as never)
          .plus(math.log(big(0.9)) as never);
        const each = big(inputs)
          .times(math.log(big(1 + R)) as never)
          .plus(big(outputs).times(math.log(big(3)) as never));
        expect(at(R, widths)).toBe(Number(nats.div(each).ceil()));
      }
  });

  it('stops falling with R, where the bound for v of a density goes on', () => {
    // R = 2: 1 + R = 3, both bounds are the same.
    expect(at(2)).toBe(layer.width({ ...problem, resamplings: 2 }));
    // However large R, the outputs alone cost d_1 log 3.
    const floor = (64 * 64 * Math.log(1e4)) / (64 * Math.log(3) + 64 * Math.log(1e9));
    expect(at(1e9)).toBeGreaterThan(0.9 * floor);
    const narrow = [10, 1000];
    const gain = (width: (R: number) => number) => width(1000) / width(1e9);
    expect(gain((R) => at(R, narrow))).toBeLessThan(1.2);
    expect(gain((R) => layer.width({ ...problem, widths: narrow, resamplings: R }))).toBeGreaterThan(2);
  });

  it('no layer of v = +-1 drawn and searched through all its subnetworks serves more than the count allows', () => {
    // d_0 = d_1 = 1: a subnetwork keeps for each neuron one of R samples of u, or none, and v = +-1, or none.
    const random = stream(1, 'two-valued v');
    const [D, R] = [3, 3];
    for (let trial = 0; trial < 20; trial++) {
      let slopes = new Set([0]);
      for (let neuron = 0; neuron < D; neuron++) {
        const us = Array.from({ length: R }, () => 2 * random.uniform() - 1).filter((u) => u > 0);
        const v = random.uniform() < 0.5 ? -1 : 1;
        slopes = new Set([...slopes].flatMap((slope) => [slope, ...us.map((u) => slope + u * v)]));
      }
      expect(slopes.size).toBeLessThanOrEqual((1 + R) ** D * 3 ** D);
    }
  });
});
