import fc from 'fast-check';
import { expect, test } from 'vitest';
import { proposition43, theorem41 } from '../../../src/theory/bounds/index.js';
import { firstRefutation, leastDelta } from '../../../src/theory/claims/existence.js';
import { refutedFrom } from '../../../src/theory/claims/necessary.js';
import { twoNeuronExistence } from '../../../src/theory/probability/two-neuron-existence.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { constructionFor } from '../../../src/theory/search/construction.js';
import { drawNetwork, forwardSubnetwork } from '../../../src/theory/search/network.js';

test('two neurons are what Proposition 4.3 asks for from the least delta on, and not below', () => {
  fc.assert(
    fc.property(fc.constantFrom(0.05, 0.1, 0.5, 0.9), fc.integer({ min: 1, max: 200 }), (epsilon, R) => {
      const delta = leastDelta(epsilon, R);
      fc.pre(delta < 0.5 && delta > 1e-200);
      const width = (d: number) =>
        proposition43.layers({ widths: [1, 1], epsilon, delta: d, resamplings: R })[0]!.width;
      expect(width(delta * (1 + 1e-9))).toBe(2);
      expect(width(delta * (1 - 1e-9))).toBe(4);
    }),
  );
});

test('the first refutation at eps = 0.1 is R = 96: with every smaller R two neurons keep the promise', () => {
  const { R, failure } = firstRefutation(0.1);
  expect(R).toBe(96);
  expect(failure).toBeCloseTo(0.006336, 6);
  for (let r = 1; r < R; r++)
    if (leastDelta(0.1, r) < 1)
      expect(twoNeuronExistence(0.1, r).failure).toBeLessThanOrEqual(leastDelta(0.1, r));
  for (let r = 99; r < 400; r++)
    // From delta = 0.0049 down the refuted intervals overlap.
    expect(twoNeuronExistence(0.1, r + 1).failure).toBeGreaterThanOrEqual(leastDelta(0.1, r));
});

test('failure lies between (1-eps/2)^(2R) and 4 (1-eps/4)^R, and above 4^-R', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-3, max: 0.999, noNaN: true }),
      fc.integer({ min: 1, max: 300 }),
      (epsilon, R) => {
        const { failure } = twoNeuronExistence(epsilon, R);
        const slack = 1e-9;
        expect(failure).toBeGreaterThanOrEqual((1 - epsilon / 2) ** (2 * R) * (1 - slack));
        expect(failure).toBeLessThanOrEqual(4 * (1 - epsilon / 4) ** R * (1 + slack));
        expect(failure).toBeGreaterThanOrEqual(4 ** -R * (1 - slack));
      },
    ),
  );
});

test('no subnetwork sees the first input where every sample of its column is at most 0', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(1e6),
      (widths, R, seed) => {
        const problem = { widths, epsilon: 1, delta: 0.5, resamplings: R };
        const hidden = widths.slice(1).map((_, k) => 6 * widths[k]!);
        const network = drawNetwork(
          constructionFor(problem, theorem41, uniform(1), { hidden, tolerance: 0.9 }),
          seed,
          0,
        );
        const [rows, columns] = [network.shape[1]!, network.shape[0]!];
        for (let row = 0; row < rows; row++)
          for (let r = 0; r < R; r++) {
            const at = row * columns * R + r;
            network.samples[0]![at] = -Math.abs(network.samples[0]![at]!);
          }
        const random = (size: number, m: number, below: number) =>
          Array.from({ length: size }, (_, i) =>
            Math.floor((((seed * 7919 + m * 104729 + i * 31) % 997) / 997) * below),
          );
        const sizes = network.shape.slice(1).map((height, m) => height * network.shape[m]!);
        const kept = {
          masks: sizes.map((size, m) => Uint8Array.from(random(size, m, 2))),
          sampleIndices: sizes.map((size, m) => Uint32Array.from(random(size, m + 9, R))),
        };
        const e1 = new Float64Array(widths[0]!);
        e1[0] = 1;
        expect([...forwardSubnetwork(network, kept, e1)].every((v) => v === 0)).toBe(true);
      },
    ),
  );
});

test('the delta from which 2^(-R D_1) refutes Theorem 4.1 solves its own equation', () => {
  // l = d_0 = d_1 = 1, eps = 0.1: L = 2 log 2 (1 + 80 sqrt(L + log 2)).
  const L = refutedFrom([1, 1], 0.1);
  expect(2 * Math.LN2 * (1 + 80 * Math.sqrt(L + Math.LN2))).toBeCloseTo(L, 3);
  // The threshold is the theorem's own.
  const delta = 1e-300;
  const [layer] = theorem41.layers({ widths: [1, 1], epsilon: 0.1, delta, resamplings: 1 });
  expect(layer!.resamplingThreshold!).toBeCloseTo(80 * Math.sqrt(-Math.log(delta) + Math.LN2), 6);
});
