import type { Pair, PairLayer } from './pair.js';
import {
  intersection,
  minus,
  product,
  type Ranges,
  reluRanges,
  type SizedRanges,
  signedProduct,
  sum,
} from './ranges.js';
import { down, up } from './rounding.js';

/** Where layer i of both networks can be before its ReLU, for inputs in a box. */
export interface Reach {
  /** Of f. */
  readonly z: SizedRanges;
  /** Of g. */
  readonly h: Ranges;
  /** Of g less f. */
  readonly e: SizedRanges;
}

/** Plain interval propagation through each network by itself. */
export function plainReach({ layers }: Pair, box: Ranges): { z: Ranges; h: Ranges } {
  let [y, g] = [box, box];
  let out = { z: box, h: box };
  layers.forEach((layer, k) => {
    if (k > 0) [y, g] = [reluRanges(out.z), reluRanges(out.h)];
    out = { z: product(layer.target, layer.outputs, y), h: foundRanges(layer, g) };
  });
  return out;
}

function foundRanges({ found, negative, outputs }: PairLayer, x: Ranges): SizedRanges {
  return negative === undefined
    ? product(found, outputs, x)
    : signedProduct(found, negative.found, outputs, x);
}

/** Layer 1: exact ranges of each neuron, up to rounding. */
export function firstReach(layer: PairLayer, box: Ranges): Reach {
  const { target, change, negative, outputs } = layer;
  const z = product(target, outputs, box);
  const e = signedProduct(change, negative!.change, outputs, box);
  return { z, h: intersection(foundRanges(layer, box), sum(z, e)), e };
}

/**
 * The next layer by differential intervals (ReluDiff, Paulsen et al. 2020): e = A d + (A - F) y with y = relu(z) and
 * d = relu(h) - relu(z), so that what f and g have in common cancels before it is bounded. Where the two are far apart, h less z may be
 * the tighter.
 */
export function nextReach(layer: PairLayer, before: Reach): Reach {
  const { target, change, outputs } = layer;
  const y = reluRanges(before.z);
  const z = product(target, outputs, y);
  const moved = product(layer.found, outputs, differenceRanges(before));
  const changed = product(change, outputs, y);
  const h = foundRanges(layer, reluRanges(before.h));
  const e = intersection(sum(moved, changed), minus(h, z));
  const size = moved.size.map((x, k) => up(x + changed.size[k]!));
  return { z, h: intersection(h, sum(z, e)), e: { ...e, size } };
}

/** All layers by differential intervals. */
export function differentialReach({ layers }: Pair, box: Ranges): Reach[] {
  const reaches = [firstReach(layers[0]!, box)];
  for (const layer of layers.slice(1)) reaches.push(nextReach(layer, reaches.at(-1)!));
  return reaches;
}

/** Ranges of d = relu(z + e) - relu(z): between min(0, e) and max(0, e), since ReLU rises by at most what its argument does. */
export function differenceRanges({ z, h, e }: Reach): Ranges {
  const low = new Float64Array(z.low.length);
  const high = new Float64Array(z.low.length);
  for (let k = 0; k < low.length; k++) {
    if (z.low[k]! >= 0 && h.low[k]! >= 0) {
      low[k] = e.low[k]!;
      high[k] = e.high[k]!;
    } else if (z.high[k]! > 0 || h.high[k]! > 0) {
      const apart = (a: number, b: number) => Math.max(0, a) - Math.max(0, b);
      low[k] = Math.max(Math.min(0, e.low[k]!), down(apart(h.low[k]!, z.high[k]!)));
      high[k] = Math.min(Math.max(0, e.high[k]!), up(apart(h.high[k]!, z.low[k]!)));
    }
  }
  return { low, high };
}
