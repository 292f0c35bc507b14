import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { BigNumber } from 'mathjs';
import { describe, expect, it } from 'vitest';
import {
  best,
  bestOf,
  boundByName,
  bounds,
  corrected,
  formulaBound,
  lemma42,
  orseau,
  pensia,
  proposition43,
  resampled,
  resampledBound,
  theorem41,
} from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget, targetKinds } from '../../../src/theory/problem/target.js';
import { constructionFor, exactProbability } from '../../../src/theory/search/construction.js';
import { math, relativeError } from '../big.js';

const golden = JSON.parse(readFileSync('test/fixtures/theory-oracles.json', 'utf8')) as {
  widths: { d: number[]; epsilon: number; delta: number; R: number; paper: number[]; corrected: number[] }[];
  resampling_threshold_paper: { d: number[]; epsilon: number; delta: number; R: number[] }[];
};

describe('reference values (test/fixtures/theory-oracles.md)', () => {
  it.each(golden.widths)('widths: d=$d R=$R', ({ d, epsilon, delta, R, ...expected }) => {
    const problem = { widths: d, epsilon, delta, resamplings: R };
    for (const [bound, widths] of [
      [theorem41, expected.paper],
      [corrected, expected.corrected],
    ] as const) {
      const found = bound.layers(problem);
      expect(found.length).toBe(widths.length);
      found.forEach(({ width }, k) => {
        // Below 2^45 the widths are the same integers.
        if (widths[k]! < 2 ** 45) expect(width).toBe(widths[k]);
        else expect(relativeError(width, widths[k]!)).toBeLessThan(1e-9);
      });
    }
  });

  it.each(golden.resampling_threshold_paper)('thresholds: d=$d', ({ d, epsilon, delta, R }) => {
    theorem41.layers({ widths: d, epsilon, delta, resamplings: 1 }).forEach((layer, k) => {
      expect(relativeError(layer.resamplingThreshold!, R[k]!)).toBeLessThan(1e-9);
    });
  });
});

const problemCase = fc.record({
  widths: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 2, maxLength: 5 }),
  epsilon: fc.double({ min: 1e-3, max: 1, noNaN: true }),
  delta: fc.double({ min: 1e-12, max: 0.9, noNaN: true }),
  resamplings: fc.integer({ min: 1, max: 1e6 }),
});
// The recursion has tests of its own, and takes seconds for small R.
const closedForm = resampledBound({ recursion: false });
const general = bounds.filter((bound) => ![lemma42, proposition43, resampled, best].includes(bound));

describe('every bound', () => {
  it.each([
    [general, 100],
    [[closedForm, bestOf(closedForm)], 12],
  ])(
    'asks for whole widths of at least 1, in whole blocks, and for no less as the demand grows',
    (list, numRuns) => {
      fc.assert(
        fc.property(problemCase, (problem) => {
          for (const bound of list) {
            const base = bound.layers(problem);
            base.forEach(({ width, neurons, signs }, k) => {
              expect(Number.isInteger(width) && width >= 1).toBe(true);
              if (neurons !== undefined) expect(width).toBe(signs! * problem.widths[k]! * neurons);
            });
            for (const harder of [
              { ...problem, epsilon: problem.epsilon / 2 },
              { ...problem, delta: problem.delta / 10 },
              { ...problem, resamplings: Math.max(1, Math.floor(problem.resamplings / 2)) },
            ])
              bound.layers(harder).forEach(({ width }, k) => {
                expect(width).toBeGreaterThanOrEqual(base[k]!.width);
              });
          }
        }),
        { numRuns },
      );
    },
  );

  it('is found by its name', () => {
    for (const bound of bounds) expect(boundByName(bound.name)).toBe(bound);
    expect(() => boundByName('correctd')).toThrow("did you mean 'corrected'");
  });
});

describe('Theorem 4.1 and Proposition 4.3', () => {
  it('are the formulas of the paper', () => {
    fc.assert(
      fc.property(problemCase, ({ widths, epsilon, delta, resamplings: R }) => {
        const l = widths.length - 1;
        theorem41.layers({ widths, epsilon, delta, resamplings: R }).forEach(({ width, tolerance }, k) => {
          const [a, b] = [widths[k]!, widths[k + 1]!];
          const x = ((64 * l ** 2 * a ** 2 * b) / (epsilon * R) ** 2) * Math.log((2 * l * a * b) / delta);
          expect(Math.abs(width / (2 * a) - Math.max(1, Math.ceil(x)))).toBeLessThanOrEqual(
            1e-12 * x + 1e-12,
          );
          // The tolerance at which 16/(t^2 R^2) log(...) is that width.
          expect(relativeError(16 / tolerance! ** 2, (64 * l ** 2 * a ** 2 * b) / epsilon ** 2)).toBeLessThan(
            1e-12,
          );
        });
      }),
    );
  });

  it('asks for the least width 2 d_{i-1} from its threshold on', () => {
    fc.assert(
      fc.property(problemCase, (problem) => {
        theorem41.layers(problem).forEach(({ resamplingThreshold }, k) => {
          const R = Math.floor(resamplingThreshold!) + 1;
          if (R <= 1e9)
            expect(theorem41.layers({ ...problem, resamplings: R })[k]!.width).toBe(2 * problem.widths[k]!);
          const below = Math.floor(resamplingThreshold! * (1 - 1e-9));
          if (below >= 1 && below <= 1e9)
            expect(theorem41.layers({ ...problem, resamplings: below })[k]!.neurons).toBeGreaterThanOrEqual(
              2,
            );
        });
      }),
    );
  });

  it('round with 64 digits where doubles cannot tell (3e11 neurons, within 1e-13 of an integer)', () => {
    const exact = (x: (m: typeof math) => BigNumber) => x(math).ceil().toNumber();
    let close = 0;
    for (let i = 1; i <= 200; i++) {
      const epsilon = 2e-5;
      const delta = i / 1e6;
      const expected = exact((m) =>
        m
          .bignumber(16)
          .div(m.bignumber('4e-10'))
          .times(m.log(m.bignumber(2e6).div(i)) as BigNumber),
      );
      const x = 4e10 * Math.log(2e6 / i);
      if (Math.abs(x - Math.round(x)) < 1e-13 * x) close++;
      expect(proposition43.layers({ widths: [1, 1], epsilon, delta, resamplings: 1 })[0]!.neurons).toBe(
        expected,
      );
    }
    expect(close).toBeGreaterThan(0);
  });

  it('agree at R = 1 with Lemma 4.2, which is about one weight without re-sampling', () => {
    const problem = { widths: [1, 1], epsilon: 0.1, delta: 0.01, resamplings: 1 };
    expect(lemma42.layers(problem)).toEqual(proposition43.layers(problem));
    expect(lemma42.layers(problem)[0]!.width).toBe(2 * 8478);
    expect(() => lemma42.layers({ ...problem, resamplings: 2 })).toThrow('no re-sampling');
    expect(() => proposition43.layers({ ...problem, widths: [1, 2] })).toThrow('one weight');
  });
});

describe('the corrected theorem', () => {
  const small = fc.record({
    widths: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 4 }),
    epsilon: fc.double({ min: 1e-2, max: 1, noNaN: true }),
    delta: fc.double({ min: 1e-9, max: 0.9, noNaN: true }),
    resamplings: fc.integer({ min: 1, max: 1e5 }),
  });

  it('holds exactly: failure <= delta for every kind of target', () => {
    fc.assert(
      fc.property(small, fc.constantFrom(...targetKinds), fc.nat(1000), (problem, kind, seed) => {
        const construction = constructionFor(problem, corrected, uniform(1));
        const { failure } = exactProbability(construction, makeTarget(kind, problem.widths, seed));
        expect(failure).toBeLessThanOrEqual(problem.delta * (1 + 1e-9));
      }),
      { numRuns: 200 },
    );
  });

  it('is the least width for its union bound: one neuron fewer breaks it', () => {
    fc.assert(
      fc.property(small, ({ widths, epsilon, delta, resamplings }) => {
        const events = widths
          .slice(1)
          .reduce((sum, outputs, k) => sum + (k === 0 ? 2 : 1) * widths[k]! * outputs, 0);
        for (const { neurons, tolerance } of corrected.layers({ widths, epsilon, delta, resamplings })) {
          const q = 1 - (1 - tolerance! / 4) ** resamplings;
          const fails = (n: number) => Math.exp(n * Math.log1p(-q * q));
          expect(fails(neurons!)).toBeLessThanOrEqual((delta / events) * (1 + 1e-6));
          if (neurons! > 1) expect(fails(neurons! - 1)).toBeGreaterThanOrEqual((delta / events) * (1 - 1e-6));
        }
      }),
    );
  });

  it('needs one neuron a block once R reaches its threshold', () => {
    fc.assert(
      fc.property(small, (problem) => {
        corrected.layers(problem).forEach(({ resamplingThreshold }, k) => {
          const R = Math.ceil(resamplingThreshold!);
          expect(corrected.layers({ ...problem, resamplings: R })[k]!.neurons).toBe(1);
        });
      }),
    );
  });

  it('rounds up at exact integers, decided with 64 digits', () => {
    // At R = 1, n_1 = ceil(log(2/delta)/-log(1 - eps^2/64)); delta = 2 (63/64)^n puts n on the edge for eps = 1.
    for (const n of [100, 400, 1000]) {
      const delta = 2 * (63 / 64) ** n;
      const at = (d: number) =>
        corrected.layers({ widths: [1, 1], epsilon: 1, delta: d, resamplings: 1 })[0]!.neurons;
      expect(at(delta * (1 + 1e-13))).toBe(n);
      expect(at(delta * (1 - 1e-13))).toBe(n + 1);
    }
  });
});

describe('earlier results', () => {
  it('are logarithmic in 1/eps (Pensia, Orseau), against a square (Theorem 4.1)', () => {
    const at = (bound: typeof pensia, epsilon: number) =>
      bound.layers({ widths: [50, 20, 10], epsilon, delta: 0.01, resamplings: 1 })[0]!.width;
    for (const bound of [pensia, orseau]) {
      const [a, b, c] = [at(bound, 1e-3), at(bound, 1e-6), at(bound, 1e-9)];
      expect((c - b) / (b - a)).toBeCloseTo(1, 1);
    }
    expect(at(theorem41, 1e-3) / at(theorem41, 1e-2)).toBeCloseTo(100, 3);
  });
});

describe('formulaBound', () => {
  it("is Theorem 4.1 for Theorem 4.1's formula", () => {
    const own = formulaBound('2 din ceil(64 l^2 din^2 dout/(epsilon^2 R^2) * log(2 l din dout/delta))');
    fc.assert(
      fc.property(problemCase, (problem) => {
        const expected = theorem41.layers(problem);
        if (expected.some(({ width }) => width > 1e15)) return;
        expect(own.layers(problem).map(({ width }) => width)).toEqual(expected.map(({ width }) => width));
      }),
      { numRuns: 40 },
    );
  });

  it('knows every width by name, and the layer', () => {
    const own = formulaBound('1000 i + d0 + 10 d2 + 0 * l');
    const widths = [3, 4, 5];
    expect(own.layers({ widths, epsilon: 1, delta: 0.5, resamplings: 1 }).map(({ width }) => width)).toEqual([
      1053, 2053,
    ]);
  });

  it.each(['0', '-3', '1e19', '1/0', 'd9', 'sqrt(-1)'])("refuses a width of '%s'", (text) => {
    const problem = { widths: [1, 1], epsilon: 1, delta: 0.5, resamplings: 1 };
    expect(() => formulaBound(text).layers(problem)).toThrow(expect.objectContaining({ name: 'InputError' }));
  });
});
