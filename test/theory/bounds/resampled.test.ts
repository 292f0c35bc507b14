import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOf, corrected, resampled, resampledBound } from '../../../src/theory/bounds/index.js';

const closed = resampledBound({ recursion: false });
const network = { widths: [784, 300, 100, 10], epsilon: 0.1, delta: 0.01 };
const neurons = (bound: typeof closed, resamplings: number) =>
  bound.layers({ ...network, resamplings }).map((layer) => layer.neurons);

describe('resampled', () => {
  it('has the neurons a block of 784-300-100-10 by its closed form', () => {
    expect(neurons(closed, 1)).toEqual([881, 855, 811]);
    expect(neurons(closed, 10)).toEqual([26, 25, 24]);
    expect(neurons(closed, 100)).toEqual([6, 6, 5]);
    expect(neurons(closed, 1000)).toEqual([3, 3, 3]);
  });

  it('says what gave them, and is the recursion where that is smaller', () => {
    const [first, second, third] = resampled.layers({ ...network, resamplings: 1 });
    expect(first!.by).toBe('recursion');
    expect(first!.closed).toBe(881);
    // The recursion's own value is near 540, 530, 520.
    expect([first, second, third].map((layer) => layer!.neurons)).toEqual([551, 544, 533]);
    expect(neurons(resampled, 10)).toEqual([19, 19, 18]);
    expect(closed.layers({ ...network, resamplings: 1000 })[0]!.by).toMatch(
      /^closed form, beta 0\.05, theta/,
    );
  });

  it('never asks for more with the recursion than without', () => {
    for (const resamplings of [2, 5, 12, 33]) {
      const problem = { widths: [5, 3], epsilon: 0.2, delta: 0.05, resamplings };
      const without = closed.layers(problem)[0]!;
      const found = resampled.layers(problem)[0]!;
      expect(found.neurons).toBeLessThanOrEqual(without.neurons!);
      expect(found.width).toBe(2 * 5 * found.neurons!);
    }
  });
});

describe('best', () => {
  it('is the lesser, layer by layer, and says which', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 4 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.constantFrom(1, 10, 1000, 100_000, 10_000_000),
        (widths, epsilon, resamplings) => {
          const problem = { widths, epsilon, delta: 0.01, resamplings };
          const [mine, other] = [corrected.layers(problem), closed.layers(problem)];
          bestOf(closed)
            .layers(problem)
            .forEach((layer, k) => {
              expect(layer.neurons).toBe(Math.min(mine[k]!.neurons!, other[k]!.neurons!));
              expect(layer.by === 'corrected').toBe(mine[k]!.neurons! < other[k]!.neurons!);
            });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is one neuron a block, by the corrected theorem, once R is large enough', () => {
    const problem = { widths: [3, 2], epsilon: 0.5, delta: 0.01, resamplings: 100_000 };
    expect(bestOf(closed).layers(problem)[0]).toMatchObject({ neurons: 1, by: 'corrected' });
  });
});
