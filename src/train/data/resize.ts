/**
 * PIL's bilinear resize with antialias, 8 bits per channel (`Image.resize(..., BILINEAR)`, which torchvision's
 * transforms call): two passes, horizontal first, weights in fixed point of 22 bits, rounded to 8 bits after
 * each pass. All sums fit 32-bit integers: 255 * 2^22 < 2^31.
 */

const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** The weights of one axis: output i is the sum over t < taps of input[first[i] + t] * weights[i * taps + t]. */
export interface Taps {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Int32Array;
}

const cache = new Map<number, Taps>();

/** The fixed-point triangle-filter weights that take `from` pixels to `to` pixels (cached). */
export function bilinearTaps(from: number, to: number): Taps {
  const key = from * 65536 + to;
  const known = cache.get(key);
  if (known !== undefined) return known;
  // Photographs come in thousands of sizes; a table costs a fraction of a resize to make again.
  if (cache.size >= 1024) cache.clear();
  const made = makeTaps(from, to);
  cache.set(key, made);
  return made;
}

function makeTaps(from: number, to: number): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const rows: { start: number; fixed: number[] }[] = [];
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const low = Math.max(Math.trunc(centre - stretch + 0.5), 0);
    const high = Math.min(Math.trunc(centre + stretch + 0.5), from);
    const raw: number[] = [];
    for (let x = low; x < high; x++) raw.push(Math.max(0, 1 - Math.abs((x - centre + 0.5) * (1 / stretch))));
    const total = raw.reduce((a, b) => a + b, 0);
    rows.push({ start: low, fixed: raw.map((w) => Math.trunc(0.5 + (w / total) * (1 << precisionBits))) });
  }
  const taps = Math.max(...rows.map((row) => row.fixed.length));
  const first = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  rows.forEach(({ start, fixed }, i) => {
    // Shorter rows at the right edge start earlier, with zero weights, so that every row reads inside the image.
    const shifted = Math.min(start, from - taps);
    first[i] = shifted;
    weights.set(fixed, i * taps + start - shifted);
  });
  return { taps, first, weights };
}

/** One plane of 8-bit pixels inside a larger array: value (y, x) is data[offset + y * rowStride + x * step]. */
export interface Plane {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly step: number;
  readonly height: number;
  readonly width: number;
}

let scratch = new Uint8Array(0);

/**
 * Resizes one plane; a side that keeps its length is copied unchanged, as PIL does.
 *
 * @param out receives [outHeight, outWidth], dense, from outOffset on
 */
export function resizePlane(
  plane: Plane,
  out: Uint8Array,
  outOffset: number,
  outHeight: number,
  outWidth: number,
): void {
  const { data, offset, rowStride, step, height, width } = plane;
  if (height === outHeight && width === outWidth) {
    copy(plane, out, outOffset);
    return;
  }
  const size = height * outWidth;
  if (scratch.length < size) scratch = new Uint8Array(size);
  horizontal(data, offset, rowStride, step, height, bilinearTaps(width, outWidth), scratch);
  vertical(scratch, outWidth, bilinearTaps(height, outHeight), out, outOffset);
}

function copy(
  { data, offset, rowStride, step, height, width }: Plane,
  out: Uint8Array,
  outOffset: number,
): void {
  let o = outOffset;
  for (let y = 0; y < height; y++) {
    let p = offset + y * rowStride;
    for (let x = 0; x < width; x++) {
      out[o++] = data[p]!;
      p += step;
    }
  }
}

function horizontal(
  data: Uint8Array,
  offset: number,
  rowStride: number,
  step: number,
  height: number,
  { taps, first, weights }: Taps,
  out: Uint8Array,
): void {
  const width = first.length;
  let o = 0;
  for (let y = 0; y < height; y++) {
    const row = offset + y * rowStride;
    if (taps === 2) {
      // Enlarging always takes two neighbours, and is most of what small images need.
      for (let x = 0; x < width; x++) {
        const p = row + first[x]! * step;
        out[o++] =
          (Math.imul(data[p]!, weights[2 * x]!) + Math.imul(data[p + step]!, weights[2 * x + 1]!) + half) >>
          precisionBits;
      }
    } else {
      let k = 0;
      for (let x = 0; x < width; x++) {
        let p = row + first[x]! * step;
        let sum = half;
        for (let t = 0; t < taps; t++) {
          sum = (sum + Math.imul(data[p]!, weights[k++]!)) | 0;
          p += step;
        }
        out[o++] = sum >> precisionBits;
      }
    }
  }
}

function vertical(
  data: Uint8Array,
  width: number,
  { taps, first, weights }: Taps,
  out: Uint8Array,
  outOffset: number,
): void {
  let o = outOffset;
  for (let y = 0; y < first.length; y++) {
    const top = first[y]! * width;
    if (taps === 2) {
      const a = weights[2 * y]!;
      const b = weights[2 * y + 1]!;
      for (let p = top; p < top + width; p++)
        out[o++] = (Math.imul(data[p]!, a) + Math.imul(data[p + width]!, b) + half) >> precisionBits;
    } else {
      for (let x = 0; x < width; x++) {
        let p = top + x;
        let sum = half;
        for (let t = 0; t < taps; t++) {
          sum = (sum + Math.imul(data[p]!, weights[y * taps + t]!)) | 0;
          p += width;
        }
        out[o++] = sum >> precisionBits;
      }
    }
  }
}
