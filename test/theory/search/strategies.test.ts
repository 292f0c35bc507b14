import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { corrected, resampledBound } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { makeTarget } from '../../../src/theory/problem/target.js';
import { type Construction, constructionFor } from '../../../src/theory/search/construction.js';
import { forwardEffective, largestEntryError } from '../../../src/theory/search/effective.js';
import { searchInstance } from '../../../src/theory/search/instance.js';
import { decodeInstance, encodeInstance } from '../../../src/theory/search/instance-file.js';
import { drawNetwork, forwardSubnetwork } from '../../../src/theory/search/network.js';
import { searchNetwork } from '../../../src/theory/search/search.js';
import {
  type StrategyName,
  strategyByName,
  strategyNames,
} from '../../../src/theory/search/strategies/index.js';
import { blockIn } from '../../../src/theory/simulate/blocks.js';
import { smallCase } from '../constructions.js';

/** A block of U[-1,1] samples. */
function drawBlock(neurons: number, R: number, outputs: number, sign: 1 | -1, seed: number) {
  const samples = new Float64Array(neurons * R * (1 + outputs));
  stream(seed, 'strategy block').fill(samples);
  return blockIn(
    samples.map((x) => 2 * x - 1),
    sign,
    neurons,
    R,
  );
}

const blockCase = fc.record({
  neurons: fc.integer({ min: 0, max: 4 }),
  R: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  sign: fc.constantFrom<1 | -1>(1, -1),
  tolerance: fc.constantFrom(0.02, 0.1, 0.4),
  seed: fc.nat(1e9),
});

const weights = (outputs: number, seed: number) => {
  const random = stream(seed, 'strategy weights');
  return Float64Array.from({ length: outputs }, () => 2 * random.uniform() - 1);
};

describe.each(strategyNames)('%s', (name) => {
  const { searchBlock, sums } = strategyByName(name);

  it('finds real subnetworks: one u a neuron, on the block’s side, and sums within the tolerance', () => {
    fc.assert(
      fc.property(blockCase, ({ neurons, R, outputs, sign, tolerance, seed }) => {
        const block = drawBlock(neurons, R, outputs, sign, seed);
        const targets = weights(outputs, seed);
        const { unserved, kept } = searchBlock(block, targets, tolerance);
        const slopes = new Map<number, number>();
        const us = new Map<number, number>();
        for (const { output, neuron, u, v } of kept) {
          expect(us.get(neuron) ?? u).toBe(u);
          us.set(neuron, u);
          const value = block.us[neuron * R + u]!;
          expect(sign * value).toBeGreaterThan(0);
          slopes.set(
            output,
            (slopes.get(output) ?? 0) + value * block.vs[neurons * R * (1 + output) + neuron * R + v]!,
          );
        }
        // One product an output and neuron.
        expect(new Set(kept.map(({ output, neuron }) => output * 10 + neuron)).size).toBe(kept.length);
        if (!sums) expect(new Set(kept.map(({ output }) => output)).size).toBe(kept.length);
        const near = [...targets].filter((w, k) => {
          const slope = slopes.get(k) ?? (sums ? 0 : Number.NaN);
          return Math.abs(slope - w) <= tolerance + 1e-13;
        });
        expect(near.length).toBeGreaterThanOrEqual(outputs - unserved);
        for (const output of slopes.keys())
          expect(Math.abs(slopes.get(output)! - targets[output]!)).toBeLessThanOrEqual(tolerance + 1e-13);
      }),
      { numRuns: 200 },
    );
  });

  it('the masked wide network computes what its effective network does, and an instance comes back from its files', () => {
    fc.assert(
      fc.property(smallCase, (small) => {
        const construction = { ...small.construction, strategy: name };
        const { target, seed } = small;
        const instance = searchInstance(construction, target, seed, 0);
        const network = drawNetwork(construction, seed, 0);
        const inputs = weights(8 * target.widths[0]!, seed);
        for (const file of ['i.json', 'i.safetensors']) {
          const bytes = encodeInstance(instance, file);
          const again = decodeInstance(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, file);
          expect(again.construction.strategy).toBe(name);
          expect(again.subnetwork).toEqual(instance.subnetwork);
          const wide = forwardSubnetwork(network, again.subnetwork, inputs);
          forwardEffective(again.effective, inputs).forEach((y, i) => {
            expect(Math.abs(y - wide[i]!)).toBeLessThan(1e-11 * (1 + Math.abs(y)));
          });
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** Whether some subnetwork of a block serves one weight: all choices of samples, one after the other. */
function anySubnetwork(neurons: number, R: number, seed: number, w: number, t: number, best?: 'largest') {
  const block = drawBlock(neurons, R, 1, 1, seed);
  const us = (i: number) => {
    const own = [...block.us.subarray(i * R, (i + 1) * R)].filter((u) => u > 0);
    return best === undefined || own.length === 0 ? own : [Math.max(...own)];
  };
  const reach = (i: number, slope: number): boolean =>
    i === neurons
      ? Math.abs(slope - w) <= t
      : reach(i + 1, slope) ||
        us(i).some((u) =>
          [...block.vs.subarray((neurons + i) * R, (neurons + i + 1) * R)].some((v) =>
            reach(i + 1, slope + u * v),
          ),
        );
  return reach(0, 0);
}

describe('one weight', () => {
  const oneCase = fc.record({
    neurons: fc.integer({ min: 0, max: 4 }),
    R: fc.integer({ min: 1, max: 3 }),
    w: fc.double({ min: -1, max: 1, noNaN: true }),
    tolerance: fc.constantFrom(0.003, 0.03, 0.2),
    seed: fc.nat(1e9),
  });

  it('subset-sum is exact over all subnetworks, subset-sum-fixed over those with the largest u; at R = 1 both are Pensia’s', () => {
    let served = 0;
    fc.assert(
      fc.property(oneCase, ({ neurons, R, w, tolerance, seed }) => {
        const block = drawBlock(neurons, R, 1, 1, seed);
        const found = (name: 'subset-sum' | 'subset-sum-fixed') =>
          strategyByName(name).searchBlock(block, Float64Array.of(w), tolerance).unserved === 0;
        expect(found('subset-sum')).toBe(anySubnetwork(neurons, R, seed, w, tolerance));
        expect(found('subset-sum-fixed')).toBe(anySubnetwork(neurons, R, seed, w, tolerance, 'largest'));
        if (R === 1) expect(found('subset-sum')).toBe(found('subset-sum-fixed'));
        if (found('subset-sum')) served++;
      }),
      { numRuns: 400 },
    );
    expect(served).toBeGreaterThan(40);
  });
});

describe('strategies against each other', () => {
  it('what a strategy serves, the stronger ones serve: projection, product, subset-sum; subset-sum-fixed, subset-sum', () => {
    const counts = Object.fromEntries(strategyNames.map((name) => [name, 0])) as Record<StrategyName, number>;
    fc.assert(
      fc.property(blockCase, fc.integer({ min: 3, max: 8 }), (c, more) => {
        const block = drawBlock(c.neurons + more, 4, c.outputs, c.sign, c.seed);
        const targets = weights(c.outputs, c.seed);
        const left = Object.fromEntries(
          strategyNames.map((name) => {
            const { unserved } = strategyByName(name).searchBlock(block, targets, 2 * c.tolerance);
            if (unserved === 0) counts[name]++;
            return [name, unserved];
          }),
        );
        expect(left.product).toBeLessThanOrEqual(left.projection!);
        expect(left['subset-sum']).toBeLessThanOrEqual(left.product!);
        expect(left['subset-sum']).toBeLessThanOrEqual(left['subset-sum-fixed']!);
      }),
      { numRuns: 300 },
    );
    expect(counts.projection).toBeGreaterThan(5);
    expect(counts.product).toBeGreaterThan(counts.projection);
    expect(counts['subset-sum']).toBeGreaterThan(counts.product);
  });

  it('at the width of the theorem under re-sampling sums serve a whole network, saved and evaluated', () => {
    const problem = { widths: [3, 4, 2], epsilon: 0.1, delta: 0.01, resamplings: 16 };
    const target = makeTarget('gaussian', problem.widths, 5);
    const closedForm = resampledBound({ recursion: false });
    for (const strategy of ['subset-sum-fixed', 'subset-sum'] as const) {
      const construction = constructionFor(problem, closedForm, uniform(1), { strategy });
      const instance = searchInstance(construction, target, 1, 0);
      expect(instance.success).toBe(true);
      construction.layers.forEach(({ tolerance }, k) => {
        expect(largestEntryError(instance.effective, target, k)).toBeLessThanOrEqual(tolerance * (1 + 1e-12));
      });
    }
  });
});

describe('a search larger than the memory', () => {
  const problem = { widths: [1, 1], epsilon: 1, delta: 0.1, resamplings: 400 };
  const build = (anytime?: number): Construction =>
    constructionFor(problem, corrected, uniform(1), {
      hidden: [80],
      // No double is this near to 1/3, so that nothing ends the search early.
      tolerance: 1e-300,
      strategy: 'subset-sum',
      ...(anytime === undefined ? {} : { anytime }),
    });
  const target = { widths: [1, 1], matrices: [Float64Array.of(1 / 3)] };

  it('is refused before the memory is taken, and says how much it would be and what to do', () => {
    const construction = build();
    const start = performance.now();
    expect(() => searchNetwork(construction, target, drawNetwork(construction, 1, 0))).toThrow(
      /^the sums of 40 neurons with up to \d+ products each: needs about .* GiB of memory, .*--anytime/,
    );
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('or goes on as an anytime search that states its gap', () => {
    const construction = build(1e6);
    const found = searchNetwork(construction, target, drawNetwork(construction, 1, 0));
    expect(found.failures).toBe(2);
    expect(found.undecided).toMatchObject([
      { layer: 1, input: 0, output: 0, sign: 1, lower: 0 },
      { layer: 1, input: 0, output: 0, sign: -1, lower: 0 },
    ]);
    for (const { error } of found.undecided) expect(error).toBeLessThan(1e-9);
  });
});
