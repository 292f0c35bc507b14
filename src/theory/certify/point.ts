import type { Pair } from './pair.js';
import { pointBox } from './ranges.js';
import { differentialReach } from './reach.js';
import { normBelow } from './rounding.js';

/** f and g at a point in doubles: each layer's z of f and e of g less f, before its ReLU. */
export interface PointState {
  readonly z: readonly Float64Array[];
  readonly e: readonly Float64Array[];
}

/** Layer 1 at a point. */
export interface FirstLayer {
  readonly z: Float64Array;
  readonly e: Float64Array;
}

/** Layer 1 at x. */
export function firstAt({ layers }: Pair, x: Float64Array): FirstLayer {
  const { target, change, negative, inputs, outputs } = layers[0]!;
  const [z, e] = [new Float64Array(outputs), new Float64Array(outputs)];
  for (let r = 0; r < outputs; r++)
    for (let c = 0, at = r * inputs; c < inputs; c++, at++) {
      const v = x[c]!;
      z[r]! += target[at]! * v;
      e[r]! += (v < 0 ? negative!.change[at]! : change[at]!) * v;
    }
  return { z, e };
}

/** The layers after the first; the difference is carried along by itself, so that it keeps its digits. */
export function laterAt({ layers }: Pair, first: FirstLayer): PointState {
  const [zs, es] = [[first.z], [first.e]];
  for (const { target, found, change, inputs, outputs } of layers.slice(1)) {
    const [z, e] = [zs.at(-1)!, es.at(-1)!];
    const y = z.map((v) => Math.max(0, v));
    const d = e.map((v, r) => (z[r]! > 0 && z[r]! + v > 0 ? v : Math.max(0, z[r]! + v) - y[r]!));
    const [nextZ, nextE] = [new Float64Array(outputs), new Float64Array(outputs)];
    for (let r = 0; r < outputs; r++)
      for (let c = 0, at = r * inputs; c < inputs; c++, at++) {
        nextZ[r]! += target[at]! * y[c]!;
        nextE[r]! += found[at]! * d[c]! + change[at]! * y[c]!;
      }
    zs.push(nextZ);
    es.push(nextE);
  }
  return { z: zs, e: es };
}

/** Both networks at x. */
export const stateAt = (pair: Pair, x: Float64Array): PointState => laterAt(pair, firstAt(pair, x));

/** ||g(x) - f(x)||_2 in doubles, neither rounded up nor down. */
export const errorAt = (pair: Pair, x: Float64Array): number => norm(stateAt(pair, x).e.at(-1)!);

/** The 2-norm, in doubles. */
export function norm(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

/** At most ||g(x) - f(x)||_2: rounding errors are bounded along the way, by intervals around the point. */
export function certifiedErrorAt(pair: Pair, x: Float64Array): number {
  const { e } = differentialReach(pair, pointBox(x)).at(-1)!;
  // An interval that holds 0 vouches for nothing.
  return normBelow(e.low.map((low, k) => Math.max(0, low, -e.high[k]!)));
}

/** The gradient of ||g - f||^2 / 2 at a point, on the side of each x_j that it lies on (at 0: the right one). */
export function gradientAt({ layers }: Pair, x: Float64Array, { z, e }: PointState): Float64Array {
  let onE = e.at(-1)!.slice();
  let onZ = new Float64Array(onE.length);
  for (let k = layers.length - 1; k > 0; k--) {
    const { target, found, change, inputs } = layers[k]!;
    const [onD, onY] = [new Float64Array(inputs), new Float64Array(inputs)];
    for (let r = 0; r < onE.length; r++) {
      const [a, b] = [onE[r]!, onZ[r]!];
      for (let c = 0, at = r * inputs; c < inputs; c++, at++) {
        onD[c]! += a * found[at]!;
        onY[c]! += a * change[at]! + b * target[at]!;
      }
    }
    const before = z[k - 1]!;
    const active = before.map((v, c) => (v + e[k - 1]![c]! > 0 ? 1 : 0));
    onE = onD.map((v, c) => active[c]! * v);
    onZ = onD.map((v, c) => (active[c]! - (before[c]! > 0 ? 1 : 0)) * v + (before[c]! > 0 ? onY[c]! : 0));
  }
  const { target, change, negative, inputs } = layers[0]!;
  const out = new Float64Array(inputs);
  for (let r = 0; r < onE.length; r++)
    for (let c = 0, at = r * inputs; c < inputs; c++, at++)
      out[c]! += onE[r]! * (x[c]! < 0 ? negative!.change[at]! : change[at]!) + onZ[r]! * target[at]!;
  return out;
}
