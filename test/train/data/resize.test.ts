import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bilinearTaps, resizePlane, resizeThrough } from '../../../src/train/data/resize.js';

const side = fc.integer({ min: 1, max: 70 });

function resize(data: Uint8Array, height: number, width: number, outHeight: number, outWidth: number) {
  const out = new Uint8Array(outHeight * outWidth);
  resizePlane({ data, offset: 0, rowStride: width, step: 1, height, width }, out, 0, outHeight, outWidth);
  return out;
}

/** Oracle: the triangle filter in float64, both passes at once, no rounding between. */
function exact(data: Uint8Array, height: number, width: number, outHeight: number, outWidth: number) {
  const axis = (from: number, to: number) =>
    Array.from({ length: to }, (_, i) => {
      const scale = from / to;
      const stretch = Math.max(1, scale);
      const w = Array.from({ length: from }, (_, x) =>
        Math.max(0, 1 - Math.abs((x + 0.5 - (i + 0.5) * scale) / stretch)),
      );
      const total = w.reduce((a, b) => a + b, 0);
      return w.map((v) => v / total);
    });
  const rows = axis(height, outHeight);
  const columns = axis(width, outWidth);
  return rows.flatMap((r) =>
    columns.map((c) => {
      let sum = 0;
      for (let y = 0; y < height; y++)
        if (r[y] !== 0) for (let x = 0; x < width; x++) sum += r[y]! * c[x]! * data[y * width + x]!;
      return sum;
    }),
  );
}

const image = fc
  .record({ height: side, width: side, outHeight: side, outWidth: side })
  .chain((s) =>
    fc
      .uint8Array({ minLength: s.height * s.width, maxLength: s.height * s.width })
      .map((data) => ({ ...s, data })),
  );

describe('bilinear resize with antialias', () => {
  test('weights are not negative, sum to one within rounding, and read inside the image', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 300 }), (from, to) => {
        const { taps, first, weights } = bilinearTaps(from, to);
        for (let i = 0; i < to; i++) {
          const row = weights.subarray(i * taps, (i + 1) * taps);
          expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
          expect(Math.abs(row.reduce((a, b) => a + b, 0) - 2 ** 22)).toBeLessThanOrEqual(taps / 2 + 1);
          expect(first[i]).toBeGreaterThanOrEqual(0);
          expect(first[i]! + taps).toBeLessThanOrEqual(from);
        }
      }),
    );
  });

  test('is the exact triangle filter within one level per pass', () => {
    fc.assert(
      fc.property(image, ({ data, height, width, outHeight, outWidth }) => {
        const ours = resize(data, height, width, outHeight, outWidth);
        const reference = exact(data, height, width, outHeight, outWidth);
        // Each pass rounds by at most 1/2; the weights' own rounding adds 255 * taps / 2^23.
        ours.forEach((v, i) => {
          expect(Math.abs(v - reference[i]!)).toBeLessThan(1.01);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('keeps a constant image, and an image of unchanged size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), side, side, side, side, (v, h, w, oh, ow) => {
        expect(new Set(resize(new Uint8Array(h * w).fill(v), h, w, oh, ow))).toEqual(new Set([v]));
      }),
    );
    fc.assert(
      fc.property(image, ({ data, height, width }) => {
        expect(resize(data, height, width, height, width)).toEqual(data);
      }),
    );
  });

  test('reads any layout: one channel of interleaved pixels, inside a larger image', () => {
    fc.assert(
      fc.property(
        image,
        fc.integer({ min: 1, max: 4 }),
        ({ data, height, width, outHeight, outWidth }, step) => {
          const border = 3;
          const rowStride = (width + 2 * border) * step;
          const large = new Uint8Array((height + 2 * border) * rowStride).fill(199);
          const offset = border * rowStride + border * step;
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++) large[offset + y * rowStride + x * step] = data[y * width + x]!;
          const out = new Uint8Array(outHeight * outWidth + 5);
          resizePlane({ data: large, offset, rowStride, step, height, width }, out, 5, outHeight, outWidth);
          expect(out.subarray(5)).toEqual(resize(data, height, width, outHeight, outWidth));
        },
      ),
    );
  });

  test('through a table, mirrored or not, is the same', () => {
    const table = Float32Array.from({ length: 256 }, (_, v) => (v - 100) / 7);
    fc.assert(
      fc.property(image, fc.boolean(), ({ data, height, width, outHeight, outWidth }, flip) => {
        const plane = { data, offset: 0, rowStride: width, step: 1, height, width };
        const out = new Float32Array(outHeight * outWidth + 3);
        resizeThrough(plane, flip, table, out, 3, outHeight, outWidth);
        const bytes = resize(data, height, width, outHeight, outWidth);
        if (flip)
          for (let y = 0; y < outHeight; y++) bytes.subarray(y * outWidth, (y + 1) * outWidth).reverse();
        expect(out.subarray(3)).toEqual(Float32Array.from(bytes, (v) => table[v]!));
      }),
    );
  });
});
