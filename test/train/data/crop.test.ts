import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clopperPearson } from '../../../src/core/intervals.js';
import { type Stream, stream } from '../../../src/core/rng.js';
import { centredCrop, cropFields, cropLaw, drawCrop, roundHalfEven } from '../../../src/train/data/crop.js';

const side = fc.integer({ min: 1, max: 600 });

/** A stream that gives these numbers, then fails. */
function scripted(...values: number[]): Stream {
  return {
    uniform: () => {
      if (values.length === 0) throw new Error('drew more than was scripted');
      return values.shift()!;
    },
    uint32: () => 0,
    fill: () => {},
    words: () => {},
    state: () => new Uint32Array(),
  };
}

function draw(numbers: Stream, height: number, width: number): number[] {
  const out = new Int32Array(2 * cropFields);
  drawCrop(numbers, height, width, out, cropFields);
  expect([...out.subarray(0, cropFields)]).toEqual([0, 0, 0, 0, 0]);
  return [...out.subarray(cropFields)];
}

describe('RandomResizedCrop', () => {
  test('every box lies inside its image and keeps the drawn area and ratio within rounding', () => {
    fc.assert(
      fc.property(fc.nat(), side, side, (seed, h, w) => {
        const [top, left, height, width, flip] = draw(stream(seed, 'crop'), h, w) as [
          number,
          number,
          number,
          number,
          number,
        ];
        expect(height > 0 && width > 0 && top >= 0 && left >= 0).toBe(true);
        expect(top + height <= h && left + width <= w).toBe(true);
        expect([0, 1]).toContain(flip);
        // Within rounding by half a pixel a side, an accepted box obeys the law; the fallback obeys the ratio.
        expect((width - 0.5) / (height + 0.5)).toBeLessThanOrEqual(cropLaw.ratio[1] + 1e-9);
        expect((width + 0.5) / (height - 0.5)).toBeGreaterThanOrEqual(cropLaw.ratio[0] - 1e-9);
      }),
    );
  });

  test('follows the formula on given numbers', () => {
    // area 1600 * (0.08 + 0.92 * 0.5) = 864, ratio exp(0) = 1: side round(29.39) = 29; top floor(0.25 * 12), left floor(0.99 * 12).
    expect(draw(scripted(0.5, 0.5, 0.25, 0.99, 0.4), 40, 40)).toEqual([3, 11, 29, 29, 1]);
    // Smallest area 128 and ratio 4/3 - : width round(sqrt(128 * 4/3)) = 13, height round(sqrt(96)) = 10.
    expect(draw(scripted(0, 1 - 1e-12, 0, 0, 0.5), 40, 40)).toEqual([0, 0, 10, 13, 0]);
    // Largest area at ratio 3/4 does not fit, and is drawn again.
    expect(draw(scripted(1 - 1e-12, 0, 0.5, 0.5, 0, 0, 0), 40, 40)).toEqual([0, 0, 29, 29, 1]);
  });

  test('after ten misses takes the centre, cut to the nearest allowed ratio', () => {
    const misses = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 - 1e-12 : 0.5));
    expect(draw(scripted(...misses, 0.9), 100, 10)).toEqual([43, 0, 13, 10, 0]);
    expect(draw(scripted(...misses, 0.1), 10, 100)).toEqual([0, 43, 10, 13, 1]);
    const out = new Int32Array(cropFields);
    centredCrop(30, 33, out, 0);
    expect([...out.subarray(0, 4)]).toEqual([0, 0, 30, 33]);
  });

  test('flips half of the images', () => {
    const numbers = stream(5, 'flips');
    const out = new Int32Array(cropFields);
    let flips = 0;
    for (let i = 0; i < 20_000; i++) {
      drawCrop(numbers, 40, 40, out, 0);
      flips += out[4]!;
    }
    // False-alarm rate 1e-11.
    const { low, high } = clopperPearson(flips, 20_000, 1e-11);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
  });

  test('rounds halves to even, as Python', () => {
    expect([0.5, 1.5, 2.5, 2.4999, 2.5001].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3]);
  });
});
