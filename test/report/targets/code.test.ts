import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stream } from '../../../src/core/rng.js';
import { codeBlocks, codedBytes, codeIntegers } from '../../../src/report/targets/code.js';
import { reader, writer } from '../../../src/train/ticket/bits.js';
import { RangeDecoder, RangeEncoder } from '../../../src/train/ticket/range-coder.js';

/** Blocks as a search leaves them: u is set for the neurons that some output keeps. */
const blocks = (resamplings: number) =>
  fc.array(
    fc.integer({ min: 0, max: 5 }).chain((neurons) =>
      fc
        .array(fc.integer({ min: -1, max: resamplings - 1 }), {
          minLength: 3 * neurons,
          maxLength: 3 * neurons,
        })
        .chain((vs) =>
          fc
            .array(fc.integer({ min: 0, max: resamplings - 1 }), { minLength: neurons, maxLength: neurons })
            .map((us) => ({
              neurons,
              vs: Int32Array.from(vs),
              us: Int32Array.from(us, (u, n) => ([0, 1, 2].some((k) => vs[k * neurons + n]! >= 0) ? u : -1)),
            })),
        ),
    ),
    { maxLength: 8 },
  );

test('what names a subnetwork is read back, by one who knows the drawn network alone, u included, for any R', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70 }).chain((R) => fc.tuple(fc.constant(R), blocks(R))),
      ([R, given]) => {
        const copy = given.map(({ neurons, us, vs }) => ({ neurons, us: us.slice(), vs: vs.slice() }));
        const shape = { drawn: 5, outputs: 3, resamplings: R, namesU: true };
        const encoder = new RangeEncoder();
        codeBlocks(writer(encoder), copy, shape);
        expect(copy).toEqual(given);
        const decoder = new RangeDecoder(encoder.finish());
        const blank = given.map(() => ({ neurons: 0, us: new Int32Array(0), vs: new Int32Array(0) }));
        codeBlocks(reader(decoder), blank, shape);
        expect(blank).toEqual(given);
        expect(decoder.isWhole()).toBe(true);
      },
    ),
    { seed: 1 },
  );
});

test('whole numbers are read back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 })), (given) => {
      const encoder = new RangeEncoder();
      codeIntegers(writer(encoder), Int32Array.from(given));
      const decoder = new RangeDecoder(encoder.finish());
      const blank = new Int32Array(given.length);
      codeIntegers(reader(decoder), blank);
      expect([...blank]).toEqual(given);
      expect(decoder.isWhole()).toBe(true);
    }),
    { seed: 1 },
  );
});

test('sizes are near the entropy of what is coded', () => {
  const { uint32 } = stream(1, 'code');
  // Two neurons, each kept with probability 1/2 with one of 16 samples; an output that keeps none codes a length of 0.
  const vs = Int32Array.from({ length: 40_000 }, () => (uint32() & 1 ? uint32() & 15 : -1));
  const block = { neurons: 2, us: new Int32Array(2), vs };
  const shape = { drawn: 2, outputs: 20_000, resamplings: 16, namesU: false };
  const bits = 8 * codedBytes((coder) => codeBlocks(coder, [block], shape));
  const entropy = 40_000 * (1 + 0.5 * 4);
  expect(bits / entropy).toBeGreaterThan(0.99);
  expect(bits / entropy).toBeLessThan(1.01);
  const values = Int32Array.from({ length: 20_000 }, () => (uint32() % 255) - 127);
  const integers = (8 * codedBytes((coder) => codeIntegers(coder, values))) / (20_000 * Math.log2(255));
  expect(integers).toBeGreaterThan(0.99);
  expect(integers).toBeLessThan(1.02);
});
