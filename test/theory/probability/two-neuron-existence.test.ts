import fc from 'fast-check';
import { expect, test } from 'vitest';
import { twoNeuronExistence } from '../../../src/theory/probability/two-neuron-existence.js';

/** P(U V >= c) for uniforms on [0, 1]: 1 - c + c log c. */
const product = (c: number) => 1 - c + c * Math.log(c);

test('R = 1 in closed form: each neuron serves one side with probability (1-c+c log c)/4, never both', () => {
  for (const epsilon of [0.001, 0.1, 0.5, 0.9, 0.999]) {
    const p = product(1 - epsilon) / 4;
    expect(twoNeuronExistence(epsilon, 1).failure).toBeCloseTo(1 - 2 * p * p, 13);
  }
});

test('falls in R and in epsilon, and is at least (1-epsilon)^(2R)', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.95, noNaN: true }),
      fc.integer({ min: 1, max: 400 }),
      (epsilon, R) => {
        const { failure } = twoNeuronExistence(epsilon, R);
        const rounding = 1 + 1e-12;
        expect(twoNeuronExistence(epsilon, R + 1).failure).toBeLessThanOrEqual(failure * rounding);
        expect(twoNeuronExistence(epsilon * 1.05, R).failure).toBeLessThanOrEqual(failure * rounding);
        expect(failure * rounding).toBeGreaterThanOrEqual((1 - epsilon) ** (2 * R));
      },
    ),
  );
});

test('Proposition 4.3 over all subnetworks: 0.0017313 > 0.001 (theory.md, section 3)', () => {
  expect(twoNeuronExistence(0.1, 111).failure).toBeCloseTo(0.00173126, 8);
});
