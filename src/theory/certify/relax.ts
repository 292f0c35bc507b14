import { sizeOfEntry } from './ranges.js';
import type { Reach } from './reach.js';
import { up } from './rounding.js';

/**
 * Linear bounds of a layer's y = relu(z) and d = relu(h) - relu(z), h = z + e, neuron by neuron, over the layer's ranges:
 *
 *     d <=   upper.e e + upper.z z + upper.constant        y <= above.slope z + above.constant
 *     d >= -(lower.e e + lower.z z + lower.constant)       y >= below z
 *
 * `lower` bounds -d from above, so that both sides are of one form.
 */
export interface Relaxation {
  readonly upper: Plane;
  readonly lower: Plane;
  readonly above: { readonly slope: Float64Array; readonly constant: Float64Array };
  readonly below: Float64Array;
  /** 1 where z has both signs: y may also be taken as z/2 + |z|/2. */
  readonly bent: Uint8Array;
  /** Largest |z| and |e|. */
  readonly zSize: Float64Array;
  readonly eSize: Float64Array;
}

export interface Plane {
  readonly e: Float64Array;
  readonly z: Float64Array;
  readonly constant: Float64Array;
  /** 1 where the bound knows only that d lies between 0 and e: d may also be taken as e/2 + S e/2, |S| <= 1. */
  readonly joint: Uint8Array;
}

/** The relaxation of a layer over its ranges. */
export function relaxation(reach: Reach): Relaxation {
  const n = reach.z.low.length;
  const above = { slope: new Float64Array(n), constant: new Float64Array(n) };
  const below = new Float64Array(n);
  const bent = new Uint8Array(n);
  const zSize = new Float64Array(n);
  const eSize = new Float64Array(n);
  const [upper, lower] = [plane(n), plane(n)];
  for (let k = 0; k < n; k++) {
    const [zl, zh] = [reach.z.low[k]!, reach.z.high[k]!];
    const [hl, hh] = [reach.h.low[k]!, reach.h.high[k]!];
    zSize[k] = sizeOfEntry(reach.z, k);
    eSize[k] = sizeOfEntry(reach.e, k);
    bent[k] = zl < 0 && zh > 0 ? 1 : 0;
    above.slope[k] = chordSlope(zl, zh);
    above.constant[k] = chordConstant(zl, zh, above.slope[k]!);
    below[k] = lineBelow(zl, zh);
    // d = relu(h) - relu(z) and -d = relu(z) - relu(h): a chord above the one, a line below the other.
    const chordH = chordSlope(hl, hh);
    const lineH = lineBelow(hl, hh);
    const between = Math.max(Math.abs(reach.e.low[k]!), Math.abs(reach.e.high[k]!));
    if (gapOf(hl, hh) + lossOf(zl, zh) <= between) {
      upper.e[k] = chordH;
      upper.z[k] = chordH - below[k]!;
      upper.constant[k] = up(chordConstant(hl, hh, chordH) + inexact(chordH) * zSize[k]!);
    } else joint(upper, k, reach.e.low[k]!, reach.e.high[k]!);
    if (gapOf(zl, zh) + lossOf(hl, hh) <= between) {
      lower.e[k] = -lineH;
      lower.z[k] = above.slope[k]! - lineH;
      lower.constant[k] = up(above.constant[k]! + inexact(above.slope[k]!) * zSize[k]!);
    } else joint(lower, k, -reach.e.high[k]!, -reach.e.low[k]!, -1);
  }
  return { upper, lower, above, below, bent, zSize, eSize };
}

/** How far the chord lies above relu at most. */
const gapOf = (low: number, high: number): number => (low < 0 && high > 0 ? (-low * high) / (high - low) : 0);

/** How far {@link lineBelow} lies below relu at most. */
const lossOf = (low: number, high: number): number => Math.max(0, Math.min(high, -low));

/** What subtracting 0 or 1 from a slope may have rounded away. */
const inexact = (slope: number): number => (slope === 0 || slope === 1 ? 0 : 2 ** -53);

const plane = (n: number): Plane => ({
  e: new Float64Array(n),
  z: new Float64Array(n),
  constant: new Float64Array(n),
  joint: new Uint8Array(n),
});

/** The slope of the chord of relu over [low, high]. */
function chordSlope(low: number, high: number): number {
  if (low >= 0) return 1;
  if (high <= 0) return 0;
  return high / (high - low);
}

/** The least c with relu(x) <= slope x + c on [low, high], rounded up; relu(x) - slope x is convex, so its largest value is at an end. */
function chordConstant(low: number, high: number, slope: number): number {
  if (low >= 0 && slope === 1) return 0;
  if (high <= 0 && slope === 0) return 0;
  // The difference may be far smaller than the product in it, whose rounding is then the larger error.
  const atLow = Math.max(0, low) - slope * low + 2 ** -53 * Math.abs(low);
  const atHigh = Math.max(0, high) - slope * high + 2 ** -53 * Math.abs(high);
  return up(up(Math.max(atLow, atHigh, 0)));
}

/** The slope, 0 or 1, of the line through 0 that stays below relu and loses least. */
function lineBelow(low: number, high: number): number {
  if (low >= 0) return 1;
  if (high <= 0) return 0;
  return high > -low ? 1 : 0;
}

/** sign d <= max(0, sign e): the chord of relu over the range of sign e. */
function joint(plane: Plane, k: number, low: number, high: number, sign = 1): void {
  const slope = chordSlope(low, high);
  plane.e[k] = sign * slope;
  plane.constant[k] = chordConstant(low, high, slope);
  plane.joint[k] = 1;
}
