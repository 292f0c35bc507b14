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
  const rows = horizontal(plane, bilinearTaps(plane.width, outWidth), false);
  const { taps, first, weights } = bilinearTaps(plane.height, outHeight);
  let o = outOffset;
  for (let y = 0; y < outHeight; y++)
    for (let x = 0; x < outWidth; x++) {
      let p = first[y]! * outWidth + x;
      let sum = half;
      for (let t = 0; t < taps; t++) {
        sum = (sum + Math.imul(rows[p]!, weights[y * taps + t]!)) | 0;
        p += outWidth;
      }
      out[o++] = sum >> precisionBits;
    }
}

/**
 * Resizes one plane, flips it if asked to, and writes `table[value]` for each 8-bit value: the whole way from
 * pixels to the network's input in two passes.
 *
 * @param table 256 numbers
 * @param out receives [outHeight, outWidth], dense, from outOffset on
 */
export function resizeThrough(
  plane: Plane,
  flip: boolean,
  table: Float32Array,
  out: Float32Array,
  outOffset: number,
  outHeight: number,
  outWidth: number,
): void {
  if (plane.height === outHeight && plane.width === outWidth) copyThrough(plane, flip, table, out, outOffset);
  else {
    const rows = horizontal(plane, bilinearTaps(plane.width, outWidth), flip);
    verticalThrough(rows, outWidth, bilinearTaps(plane.height, outHeight), table, out, outOffset);
  }
}

function copyThrough(
  plane: Plane,
  flip: boolean,
  table: Float32Array,
  out: Float32Array,
  outOffset: number,
): void {
  const { data, offset, rowStride, height, width } = plane;
  const step = flip ? -plane.step : plane.step;
  const start = flip ? offset + (width - 1) * plane.step : offset;
  let o = outOffset;
  for (let y = 0; y < height; y++) {
    let p = start + y * rowStride;
    for (let x = 0; x < width; x++) {
      out[o++] = table[data[p]!]!;
      p += step;
    }
  }
}

let scratch = new Uint8Array(0);

/** The horizontal pass, [height, outWidth], mirrored if asked to; valid until the next call. */
function horizontal(plane: Plane, columns: Taps, flip: boolean): Uint8Array {
  const size = plane.height * columns.first.length;
  if (scratch.length < size) scratch = new Uint8Array(size);
  // Small images fit the first cache, where going down the columns saves reading the weights again and again.
  const byColumns = plane.height <= 64 && columns.taps <= 3;
  if (byColumns) horizontalByColumns(plane, columns, flip, scratch);
  else horizontalByRows(plane, columns, flip, scratch);
  return scratch;
}

function horizontalByRows(
  plane: Plane,
  { taps, first, weights }: Taps,
  flip: boolean,
  out: Uint8Array,
): void {
  const { data, offset, rowStride, step, height } = plane;
  const width = first.length;
  const turn = flip ? -1 : 1;
  for (let y = 0; y < height; y++) {
    const row = offset + y * rowStride;
    let o = y * width + (flip ? width - 1 : 0);
    let k = 0;
    for (let x = 0; x < width; x++) {
      let p = row + first[x]! * step;
      let sum = half;
      for (let t = 0; t < taps; t++) {
        sum = (sum + Math.imul(data[p]!, weights[k++]!)) | 0;
        p += step;
      }
      out[o] = sum >> precisionBits;
      o += turn;
    }
  }
}

function horizontalByColumns(
  plane: Plane,
  { taps, first, weights }: Taps,
  flip: boolean,
  out: Uint8Array,
): void {
  const { data, offset, rowStride, step, height } = plane;
  const width = first.length;
  for (let x = 0; x < width; x++) {
    const a = weights[taps * x]!;
    const b = taps > 1 ? weights[taps * x + 1]! : 0;
    const c = taps > 2 ? weights[taps * x + 2]! : 0;
    let p = offset + first[x]! * step;
    // A tap that is not there reads the one before it, with weight 0.
    const second = taps > 1 ? step : 0;
    const third = taps > 2 ? 2 * step : 0;
    let o = flip ? width - 1 - x : x;
    if (c === 0)
      for (let y = 0; y < height; y++) {
        out[o] = (Math.imul(data[p]!, a) + Math.imul(data[p + second]!, b) + half) >> precisionBits;
        p += rowStride;
        o += width;
      }
    else
      for (let y = 0; y < height; y++) {
        out[o] =
          (Math.imul(data[p]!, a) +
            Math.imul(data[p + second]!, b) +
            Math.imul(data[p + third]!, c) +
            half) >>
          precisionBits;
        p += rowStride;
        o += width;
      }
  }
}

function verticalThrough(
  rows: Uint8Array,
  width: number,
  { taps, first, weights }: Taps,
  table: Float32Array,
  out: Float32Array,
  outOffset: number,
): void {
  let o = outOffset;
  for (let y = 0; y < first.length; y++) {
    const top = first[y]! * width;
    const a = weights[taps * y]!;
    const b = taps > 1 ? weights[taps * y + 1]! : 0;
    const c = taps > 2 ? weights[taps * y + 2]! : 0;
    const second = taps > 1 ? width : 0;
    if (taps > 3)
      for (let x = 0; x < width; x++) {
        let p = top + x;
        let sum = half;
        for (let t = 0; t < taps; t++) {
          sum = (sum + Math.imul(rows[p]!, weights[y * taps + t]!)) | 0;
          p += width;
        }
        out[o++] = table[sum >> precisionBits]!;
      }
    else if (c === 0)
      for (let p = top; p < top + width; p++)
        out[o++] = table[(Math.imul(rows[p]!, a) + Math.imul(rows[p + second]!, b) + half) >> precisionBits]!;
    else
      for (let p = top; p < top + width; p++)
        out[o++] =
          table[
            (Math.imul(rows[p]!, a) +
              Math.imul(rows[p + width]!, b) +
              Math.imul(rows[p + 2 * width]!, c) +
              half) >>
              precisionBits
          ]!;
  }
}
