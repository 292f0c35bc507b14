import { describe, expect, it } from 'vitest';
import { best, corrected, pensia, resampled, theorem41 } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { constructionFor, hiddenWidth } from '../../../src/theory/search/construction.js';

describe('constructionFor', () => {
  const problem = { widths: [3, 2, 2], epsilon: 0.1, delta: 0.01, resamplings: 4 };
  it("has the bound's neurons, also where widths are above 2^53", () => {
    const wide = { widths: [55, 17, 3], epsilon: 1e-3, delta: 0.01, resamplings: 1 };
    for (const bound of [theorem41, corrected])
      for (const p of [problem, wide])
        expect(constructionFor(p, bound, uniform(1)).layers.map(({ neurons }) => neurons)).toEqual(
          bound.layers(p).map(({ neurons }) => neurons),
        );
  });

  it('cuts given hidden widths to whole blocks', () => {
    const { layers } = constructionFor(problem, corrected, uniform(1), { hidden: [20, 5], tolerance: 0.5 });
    expect(layers.map(({ neurons }) => neurons)).toEqual([3, 2]);
    expect(layers.map(hiddenWidth)).toEqual([18, 4]);
    expect(layers.map(({ tolerance }) => tolerance)).toEqual([0.5, 0.5]);
  });

  it('gives a bound without blocks the corrected signs and schedule', () => {
    const { layers } = constructionFor(problem, pensia, uniform(1));
    const schedule = corrected.layers(problem);
    layers.forEach(({ signs, tolerance }, k) => {
      expect(signs).toBe(schedule[k]!.signs);
      expect(tolerance).toBe(schedule[k]!.tolerance);
    });
  });

  it('refuses a bound whose blocks are sums over neurons, which it would miss', () => {
    for (const bound of [resampled, best])
      expect(() => constructionFor(problem, bound, uniform(1))).toThrow(/sums over several neurons/);
  });

  it.each([
    { hidden: [20] },
    { hidden: [20, 0] },
    { hidden: [20, 2.5] },
    { tolerance: 0 },
    { tolerance: 3 },
    { tolerance: Number.NaN },
  ])('refuses %o', (options) => {
    expect(() => constructionFor(problem, corrected, uniform(1), options)).toThrow(
      expect.objectContaining({ name: 'InputError' }),
    );
  });
});
