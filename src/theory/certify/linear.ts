import type { Pair, PairLayer } from './pair.js';
import { type Ranges, sizes } from './ranges.js';
import type { Reach } from './reach.js';
import type { Plane, Relaxation } from './relax.js';
import { above, normAbove, rootAbove, slack, up } from './rounding.js';

/** What a backward pass needs of the layers before the one it starts at. */
export interface Relaxed {
  readonly box: Ranges;
  readonly reaches: readonly Reach[];
  /** Of the layers that have a ReLU and stand before. */
  readonly relaxations: readonly Relaxation[];
  /** 2-norms that bound each layer's z and e over the box. */
  readonly balls: { readonly z: readonly number[]; readonly e: readonly number[] };
}

/** A linear function of the input that bounds a functional, and its largest value over the box. */
export interface LinearBound {
  /** At least the functional anywhere in the box. */
  readonly value: number;
  /** Slopes for x_j >= 0 and for x_j < 0. */
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  /** How much of the value each input's first-layer neurons owe to ReLUs that are not linear over the box. */
  readonly loose: Float64Array;
}

/**
 * An upper bound of `a . e + b . z` at layer k (from 0) over the box, by replacing each ReLU before it, last layer first,
 * by linear bounds (CROWN, Zhang et al. 2018, on the pair of networks).
 *
 * Rounding: a coefficient that comes out of a matrix is off by at most slack times the sum of its products' sizes. Times the
 * largest size of what it multiplies and summed, that is at most slack times sum_k |a_k| size(e_k) + |b_k| size(z_k),
 * with the sizes that the forward pass left; it is added to the bound.
 */
export function linearBound(
  pair: Pair,
  relaxed: Relaxed,
  k: number,
  a: Float64Array,
  b: Float64Array,
): LinearBound {
  let [onE, onZ] = [a, b];
  let constant = 0;
  let size = 0;
  let error = 0;
  let loose = new Float64Array(0);
  for (let i = k; ; i--) {
    const layer = pair.layers[i]!;
    const { e, z } = relaxed.reaches[i]!;
    let rows = 0;
    for (let r = 0; r < onE.length; r++)
      rows += Math.abs(onE[r]!) * e.size[r]! + Math.abs(onZ[r]!) * z.size[r]!;
    error += slack(2 * onE.length) * 2 * rows;
    if (i === 0) {
      const { positive, negative } = backFirst(layer, onE, onZ);
      const most = largest(positive, negative, relaxed.box);
      const value = above(constant + error + most.value, size + error + most.size, 2 * layer.inputs + 4);
      return { value, positive, negative, loose };
    }
    const relaxation = relaxed.relaxations[i - 1]!;
    const step = relax(relaxation, back(layer, onE, onZ), relaxed.balls.z[i - 1]!, relaxed.balls.e[i - 1]!);
    ({ onE, onZ, loose } = step);
    constant += step.constant;
    size += step.size;
    error += slack(2 * layer.inputs) * 2 * step.rounded;
  }
}

/** a A on d, a (A - F) + b F on y: the coefficients one layer before. */
function back({ found, change, target, inputs }: PairLayer, a: Float64Array, b: Float64Array) {
  const onD = new Float64Array(inputs);
  const onY = new Float64Array(inputs);
  for (let r = 0; r < a.length; r++) {
    const [x, y] = [a[r]!, b[r]!];
    let e = r * inputs;
    if (x === 0 && y === 0) continue;
    for (let c = 0; c < inputs; c++, e++) {
      onD[c]! += x * found[e]!;
      onY[c]! += x * change[e]! + y * target[e]!;
    }
  }
  return { onD, onY };
}

/** The same in layer 1, on inputs of either sign. */
function backFirst({ change, negative, target, inputs }: PairLayer, a: Float64Array, b: Float64Array) {
  const [positive, other] = [new Float64Array(inputs), new Float64Array(inputs)];
  const below = negative!.change;
  for (let r = 0; r < a.length; r++) {
    const [x, y] = [a[r]!, b[r]!];
    let e = r * inputs;
    if (x === 0 && y === 0) continue;
    for (let c = 0; c < inputs; c++, e++) {
      const f = y * target[e]!;
      positive[c]! += x * change[e]! + f;
      other[c]! += x * below[e]! + f;
    }
  }
  return { positive, negative: other };
}

/** The largest value of sum_j (positive_j or negative_j) x_j over the box: each x_j at an end, or at 0 between them. */
function largest(positive: Float64Array, negative: Float64Array, { low, high }: Ranges) {
  let [value, size] = [0, 0];
  for (let c = 0; c < low.length; c++) {
    const a = (low[c]! < 0 ? negative[c]! : positive[c]!) * low[c]!;
    const b = (high[c]! < 0 ? negative[c]! : positive[c]!) * high[c]!;
    value += low[c]! < 0 && high[c]! > 0 ? Math.max(a, b, 0) : Math.max(a, b);
    size += Math.max(Math.abs(a), Math.abs(b));
  }
  return { value, size };
}

/** Replaces d and y by their bounds: coefficients on e and z, and a constant. */
function relax(
  relaxation: Relaxation,
  { onD, onY }: { onD: Float64Array; onY: Float64Array },
  ballZ: number,
  ballE: number,
) {
  const { upper, lower, above: chord, below, bent, zSize, eSize } = relaxation;
  const n = onD.length;
  const [onE, onZ, loose] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const halfD = jointBall(onD, upper, lower, eSize, ballE);
  const halfY = bentBall(onY, bent, zSize, ballZ);
  let [constant, size, rounded] = [halfD + halfY, halfD + halfY, halfD + halfY];
  for (let m = 0; m < n; m++) {
    const [d, y] = [onD[m]!, onY[m]!];
    const side = d >= 0 ? upper : lower;
    const s = Math.abs(d);
    let [e, z, c] = [0, 0, 0];
    if (halfD > 0 && side.joint[m] === 1) e = 0.5 * d;
    else {
      e = s * side.e[m]!;
      z = s * side.z[m]!;
      c = s * side.constant[m]!;
    }
    if (halfY > 0 && bent[m] === 1) z += 0.5 * y;
    else if (y >= 0) {
      z += y * chord.slope[m]!;
      c += y * chord.constant[m]!;
    } else z += y * below[m]!;
    onE[m] = e;
    onZ[m] = z;
    constant += c;
    size += Math.abs(c);
    rounded += Math.abs(c) + s * (eSize[m]! + zSize[m]!) + Math.abs(y) * zSize[m]!;
    loose[m] = side.joint[m] === 1 || side.constant[m]! > 0 ? s : 0;
    if (bent[m] === 1) loose[m]! += Math.abs(y);
  }
  return { onE, onZ, constant, size, rounded, loose };
}

/**
 * Where d is only known to lie between 0 and e, all of those neurons together: d = e/2 + S e/2, and |coefficients . S e|/2
 * is at most half their 2-norm times that of e. 0 where the neurons' own chords are tighter.
 */
function jointBall(onD: Float64Array, upper: Plane, lower: Plane, eSize: Float64Array, ball: number): number {
  let [squares, apart] = [0, 0];
  for (let m = 0; m < onD.length; m++) {
    const d = onD[m]!;
    if ((d >= 0 ? upper : lower).joint[m] === 0) continue;
    squares += d * d;
    apart += Math.abs(d) * eSize[m]!;
  }
  const together = up(rootAbove(squares, onD.length) * ball);
  return together < apart ? up(0.5 * together) : 0;
}

/** The same of y = z/2 + |z|/2 where z has both signs. */
function bentBall(onY: Float64Array, bent: Uint8Array, zSize: Float64Array, ball: number): number {
  let [squares, apart] = [0, 0];
  for (let m = 0; m < onY.length; m++) {
    if (bent[m] === 0) continue;
    squares += onY[m]! * onY[m]!;
    apart += Math.abs(onY[m]!) * zSize[m]!;
  }
  const together = up(rootAbove(squares, onY.length) * ball);
  return together < 0.5 * apart ? up(0.5 * together) : 0;
}

/** Largest 2-norm of a vector anywhere in its ranges, or the given one if less. */
export const ballOf = (ranges: Ranges, given: number): number => Math.min(given, normAbove(sizes(ranges)));
