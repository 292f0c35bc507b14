import type { Balls } from './balls.js';
import type { Basis } from './basis.js';
import { ballOf, type LinearBound, linearBound, type Relaxed } from './linear.js';
import type { Pair } from './pair.js';
import { type Ranges, sizes, sum } from './ranges.js';
import { firstReach, nextReach, type Reach } from './reach.js';
import { type Relaxation, relaxation } from './relax.js';
import { normAbove, up } from './rounding.js';
import type { KeepGoing } from './steps.js';

const always: KeepGoing = () => true;

/**
 * Relaxes every ReLU over the box, first layer first: each neuron that is not linear there gets its ranges from a backward pass of
 * its own as well. Without those passes (`keepGoing` false) the bounds are valid and looser.
 */
export function* prepareSteps(
  pair: Pair,
  balls: Balls,
  box: Ranges,
  keepGoing: KeepGoing = always,
): Generator<void, Relaxed> {
  const length = normAbove(sizes(box));
  const reaches = [firstReach(pair.layers[0]!, box)];
  const relaxations: Relaxation[] = [];
  const [z, e]: [number[], number[]] = [[], []];
  const prepared: Relaxed = { box, reaches, relaxations, balls: { z, e } };
  for (let k = 1; k < pair.layers.length; k++) {
    const before = reaches[k - 1]!;
    relaxations.push(relaxation(before));
    z.push(ballOf(before.z, up(balls.z[k - 1]! * length)));
    e.push(ballOf(before.e, up(balls.e[k - 1]! * length)));
    const reach = nextReach(pair.layers[k]!, before);
    reaches.push(reach);
    if (k + 1 < pair.layers.length) yield* refineSteps(pair, prepared, reach, k, keepGoing);
  }
  return prepared;
}

/** Ranges of layer k's neurons by backward passes, where some ReLU may be on and off. */
function* refineSteps(
  pair: Pair,
  prepared: Relaxed,
  reach: Reach,
  k: number,
  keepGoing: KeepGoing,
): Generator<void, void> {
  const n = reach.z.low.length;
  const [zero, unit] = [new Float64Array(n), new Float64Array(n)];
  const settled = (m: number) =>
    (reach.z.low[m]! >= 0 && reach.h.low[m]! >= 0) || (reach.z.high[m]! <= 0 && reach.h.high[m]! <= 0);
  for (let m = 0; m < n; m++) {
    yield;
    if (settled(m)) continue;
    if (!keepGoing()) return;
    const most = (sign: number, ofZ: boolean) => {
      unit[m] = sign;
      const { value } = ofZ
        ? linearBound(pair, prepared, k, zero, unit)
        : linearBound(pair, prepared, k, unit, zero);
      unit[m] = 0;
      return value;
    };
    narrow(reach.z, m, -most(-1, true), most(1, true));
    narrow(reach.e, m, -most(-1, false), most(1, false));
    const h = sum(entry(reach.z, m), entry(reach.e, m));
    narrow(reach.h, m, h.low[0]!, h.high[0]!);
  }
}

function narrow({ low, high }: Ranges, m: number, least: number, most: number): void {
  low[m] = Math.max(low[m]!, least);
  high[m] = Math.min(high[m]!, most);
}

const entry = ({ low, high }: Ranges, m: number): Ranges => ({
  low: low.subarray(m, m + 1),
  high: high.subarray(m, m + 1),
});

/** A bound of ||g - f|| over a box, and the linear functions that it is made of: for each coordinate of a basis, above it and above its negative. */
export interface OutputBound {
  readonly value: number;
  readonly sides: readonly (readonly [LinearBound, LinearBound])[];
}

/** Bounds each coordinate of the output error in a basis, and so its norm; yields after each. */
export function* outputSteps(
  pair: Pair,
  prepared: Relaxed,
  { rows, growth }: Basis,
): Generator<void, OutputBound> {
  const k = pair.layers.length - 1;
  const zero = new Float64Array(rows.length);
  const sides: [LinearBound, LinearBound][] = [];
  for (const row of rows) {
    const below = row.map((x) => -x);
    sides.push([linearBound(pair, prepared, k, row, zero), linearBound(pair, prepared, k, below, zero)]);
    yield;
  }
  const largest = Float64Array.from(sides, ([above, below]) => Math.max(0, above.value, below.value));
  return { value: up(growth * normAbove(largest)), sides };
}
