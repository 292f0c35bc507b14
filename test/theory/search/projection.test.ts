import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { corrected } from '../../../src/theory/bounds/index.js';
import { uniform } from '../../../src/theory/problem/distribution.js';
import { forwardTarget, makeTarget, type Target, targetKinds } from '../../../src/theory/problem/target.js';
import { constructionFor, signsOf } from '../../../src/theory/search/construction.js';
import {
  type EffectiveNetwork,
  forwardEffective,
  largestEntryError,
} from '../../../src/theory/search/effective.js';
import { drawNetwork, forwardSubnetwork } from '../../../src/theory/search/network.js';
import { searchNetwork } from '../../../src/theory/search/search.js';
import { outcomeNetwork } from '../../../src/theory/simulate/outcome.js';
import { smallCase } from '../constructions.js';

/** A batch of the cube's points: half random, half vertices. */
function cubePoints(width: number, batch: number, seed: number): Float64Array {
  const random = stream(seed, 'cube points');
  return Float64Array.from({ length: width * batch }, (_, i) => {
    const x = 2 * random.uniform() - 1;
    return i < (width * batch) / 2 ? x : Math.sign(x);
  });
}

function largestError(target: Target, effective: EffectiveNetwork, inputs: Float64Array): number {
  const [f, g] = [forwardTarget(target, inputs), forwardEffective(effective, inputs)];
  const outputs = target.widths.at(-1)!;
  let largest = 0;
  for (let b = 0; b < f.length; b += outputs)
    largest = Math.max(largest, Math.hypot(...f.subarray(b, b + outputs).map((y, k) => y - g[b + k]!)));
  return largest;
}

describe('the masked wide network', () => {
  it('computes what its effective network computes, success or not, at inputs of any sign', () => {
    fc.assert(
      fc.property(smallCase, fc.nat(50), ({ construction, target, seed }, trial) => {
        const network = drawNetwork(construction, seed, trial);
        const { subnetwork, effective } = searchNetwork(construction, target, network);
        const inputs = cubePoints(target.widths[0]!, 16, seed);
        const wide = forwardSubnetwork(network, subnetwork, inputs);
        const small = forwardEffective(effective, inputs);
        expect(wide.length).toBe(small.length);
        // Only the order of additions differs; entries are at most a few units large.
        wide.forEach((y, i) => {
          expect(Math.abs(y - small[i]!)).toBeLessThan(1e-11 * (1 + Math.abs(y)));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps samples inside their windows, one u per neuron, and one v per served output', () => {
    fc.assert(
      fc.property(smallCase, ({ construction, target, seed }) => {
        const network = drawNetwork(construction, seed, 0);
        const { subnetwork, success, failures } = searchNetwork(construction, target, network);
        const { masks, sampleIndices } = subnetwork;
        const R = construction.resamplings;
        let events = 0;
        let served = 0;
        construction.layers.forEach((layer, k) => {
          const [columns, signs] = [network.shape[2 * k + 1]!, signsOf(layer)];
          events += layer.inputs * signs.length * layer.outputs;
          for (let neuron = 0; neuron < columns; neuron++) {
            const block = Math.floor(neuron / layer.neurons);
            const [j, sign] = [Math.floor(block / signs.length), signs[block % signs.length]!];
            for (let input = 0; input < layer.inputs; input++) {
              const entry = neuron * layer.inputs + input;
              if (masks[2 * k]![entry] !== 1) continue;
              expect(input).toBe(j);
              const u = network.samples[2 * k]![entry * R + sampleIndices[2 * k]![entry]!]!;
              expect(Math.abs(u - sign)).toBeLessThanOrEqual(layer.tolerance / 2);
            }
            for (let output = 0; output < layer.outputs; output++) {
              const entry = output * columns + neuron;
              if (masks[2 * k + 1]![entry] !== 1) continue;
              served++;
              expect(masks[2 * k]![neuron * layer.inputs + j]).toBe(1);
              const v = network.samples[2 * k + 1]![entry * R + sampleIndices[2 * k + 1]![entry]!]!;
              const w = target.matrices[k]![output * layer.inputs + j]!;
              expect(Math.abs(v - sign * w)).toBeLessThanOrEqual(layer.tolerance / 2);
            }
          }
        });
        expect(served).toBe(events - failures);
        expect(success).toBe(failures === 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a success', () => {
  const problemCase = fc.record({
    widths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
    epsilon: fc.double({ min: 0.05, max: 1, noNaN: true }),
    resamplings: fc.integer({ min: 1, max: 1e6 }),
    kind: fc.constantFrom(...targetKinds),
    seed: fc.nat(1e9),
  });

  it('is within t of every entry and within eps of the target, under the corrected schedule', () => {
    let successes = 0;
    fc.assert(
      fc.property(problemCase, ({ widths, epsilon, resamplings, kind, seed }) => {
        const problem = { widths, epsilon, delta: 0.01, resamplings };
        const construction = constructionFor(problem, corrected, uniform(1));
        const target = makeTarget(kind, widths, seed);
        const { success, effective } = outcomeNetwork(construction, target, seed, 0);
        if (!success) return;
        successes++;
        construction.layers.forEach(({ tolerance }, k) => {
          expect(largestEntryError(effective, target, k)).toBeLessThanOrEqual(tolerance);
        });
        expect(largestError(target, effective, cubePoints(widths[0]!, 64, seed))).toBeLessThanOrEqual(
          epsilon,
        );
      }),
      { numRuns: 300 },
    );
    // Each case fails with probability at most delta = 0.01: more than 60 of 300 has probability below 1e-50.
    expect(successes).toBeGreaterThan(240);
  });

  it('stays within eps for entries anywhere within t, the worst the proof allows', () => {
    fc.assert(
      fc.property(problemCase, ({ widths, epsilon, kind, seed }) => {
        const target = makeTarget(kind, widths, seed);
        const random = stream(seed, 'worst entries');
        const layers = corrected.layers({ widths, epsilon, delta: 0.01, resamplings: 1 });
        const shifted = (k: number) =>
          target.matrices[k]!.map((w) => w + (random.uniform() < 0.5 ? -1 : 1) * layers[k]!.tolerance!);
        const effective = {
          widths,
          layers: layers.map(({ signs }, k) =>
            signs === 2 ? { positive: shifted(k), negative: shifted(k) } : { positive: shifted(k) },
          ),
        };
        expect(largestError(target, effective, cubePoints(widths[0]!, 64, seed))).toBeLessThanOrEqual(
          epsilon * (1 + 1e-12),
        );
      }),
      { numRuns: 300 },
    );
  });
});
