import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { RangeDecoder, RangeEncoder } from '../../../src/train/ticket/range-coder.js';

const step = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 65535 }));
// Extreme probabilities make long carries and long runs of the cached byte.
const extreme = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.constantFrom(1, 2, 32768, 65534, 65535));

function encode(steps: readonly (readonly [number, number])[]): Uint8Array {
  const encoder = new RangeEncoder();
  for (const [bit, zero] of steps) encoder.encode(bit, zero);
  return encoder.finish();
}

test('decoding gives the bits back', () => {
  for (const one of [step, extreme])
    fc.assert(
      fc.property(fc.array(one, { maxLength: 3000 }), (steps) => {
        const decoder = new RangeDecoder(encode(steps));
        for (const [bit, zero] of steps) if (decoder.decode(zero) !== bit) throw new Error('another bit');
      }),
      { numRuns: 300 },
    );
});

test('the length is the information, within three bytes and a thousandth', () => {
  for (const p of [0.5, 0.1, 0.01, 0.9, 0.999]) {
    const zero = Math.round(p * 65536);
    const { uniform } = stream(1, 'bits', zero);
    const steps = Array.from({ length: 100_000 }, () => [uniform() < p ? 0 : 1, zero] as const);
    const bits = steps.reduce((sum, [b]) => sum - Math.log2((b === 0 ? zero : 65536 - zero) / 65536), 0);
    const { length } = encode(steps);
    expect(length).toBeGreaterThanOrEqual(Math.floor(bits / 8));
    expect(length).toBeLessThanOrEqual((bits / 8) * 1.001 + 3);
  }
});

test('no bits take no bytes', () => {
  expect(encode([]).length).toBe(0);
});
