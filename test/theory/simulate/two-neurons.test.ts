import { expect, test } from 'vitest';
import { clopperPearson } from '../../../src/core/intervals.js';
import { twoNeuronExistence } from '../../../src/theory/probability/two-neuron-existence.js';
import { twoNeuronTrials } from '../../../src/theory/simulate/two-neurons.js';

test('exhaustive simulation agrees with the exact probability', () => {
  for (const [epsilon, R] of [
    [0.5, 3],
    [0.2, 24],
    [0.1, 60],
  ] as const) {
    const failures = twoNeuronTrials(epsilon, R, 7, 0, 40_000);
    // Three intervals: false alarm at most 3e-12.
    const { low, high } = clopperPearson(failures, 40_000, 1e-12);
    const { failure } = twoNeuronExistence(epsilon, R);
    expect(failure).toBeGreaterThan(low);
    expect(failure).toBeLessThan(high);
  }
});

test('the same trials, whatever range they are asked in', () => {
  const whole = twoNeuronTrials(0.3, 5, 3, 0, 2500);
  expect(twoNeuronTrials(0.3, 5, 3, 0, 700) + twoNeuronTrials(0.3, 5, 3, 700, 2500)).toBe(whole);
});
