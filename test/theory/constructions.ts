import fc from 'fast-check';
import { corrected, theorem41 } from '../../src/theory/bounds/index.js';
import { normal, uniform, type WeightDistribution } from '../../src/theory/problem/distribution.js';
import { makeTarget, type Target, targetKinds } from '../../src/theory/problem/target.js';
import { type Construction, constructionFor } from '../../src/theory/search/construction.js';

/** A construction small enough to draw every sample, and a target for it. */
export interface SmallCase {
  readonly construction: Construction;
  readonly target: Target;
  readonly seed: number;
}

const laws: readonly WeightDistribution[] = [uniform(1), uniform(1.3), normal(0.8)];

/** 1 to 3 layers of width 1 to 3, a few neurons a block, tolerances that make both success and failure likely. */
export const smallCase: fc.Arbitrary<SmallCase> = fc
  .record({
    widths: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
    bound: fc.constantFrom(corrected, theorem41),
    blocks: fc.integer({ min: 1, max: 6 }),
    resamplings: fc.integer({ min: 1, max: 12 }),
    tolerance: fc.double({ min: 0.4, max: 1.8, noNaN: true }),
    law: fc.constantFrom(...laws),
    kind: fc.constantFrom(...targetKinds),
    seed: fc.nat(1e9),
  })
  .map(({ widths, bound, blocks, resamplings, tolerance, law, kind, seed }) => {
    const problem = { widths, epsilon: 0.5, delta: 0.1, resamplings };
    const signs = bound.layers(problem).map((layer) => layer.signs!);
    const hidden = signs.map((sign, k) => sign * widths[k]! * blocks);
    return {
      construction: constructionFor(problem, bound, law, { hidden, tolerance }),
      target: makeTarget(kind, widths, seed),
      seed,
    };
  });
