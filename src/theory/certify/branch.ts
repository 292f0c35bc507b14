import TinyQueue from 'tinyqueue';
import { climb, type Peak } from './ascent.js';
import type { Balls } from './balls.js';
import { basisSteps } from './basis.js';
import type { Pair } from './pair.js';
import { errorAt, norm, stateAt } from './point.js';
import { type OutputBound, outputSteps, prepareSteps } from './prepare.js';
import type { Ranges } from './ranges.js';

/** A box of inputs, a certified bound of ||g - f|| over it, and the coordinate to halve it along. */
interface Node {
  readonly box: Ranges;
  readonly upper: number;
  readonly split: number;
}

/** What is known between two steps. */
export interface Branched {
  /** Certified: nothing in the cube is above it. */
  readonly upper: number;
  /** The best point, in doubles. */
  readonly peak: Peak;
  /** Boxes bounded. */
  readonly nodes: number;
  /** Boxes kept, each of 16 d_0 bytes. */
  readonly open: number;
  /** Whether a box is nearly bounded: no time to count boxes, so that their number does not depend on how often work is interrupted. */
  readonly nearly: boolean;
}

/**
 * Branch and bound over boxes of inputs: the box of the largest bound is halved along the coordinate that its bound
 * hangs on most, until a caller who sees the bracket stops. Every bound comes from the relaxation of {@link prepareSteps}.
 *
 * @param upper a certified bound over the whole box
 * @param start a good point to begin with
 */
export function* branchSteps(
  pair: Pair,
  balls: Balls,
  box: Ranges,
  upper: number,
  start: Peak,
): Generator<Branched, void> {
  let peak = start;
  let nodes = 0;
  let best = upper;
  const open = new TinyQueue<Node>([], (a, b) => (a.upper > b.upper ? -1 : 1));
  const state = (nearly = false): Branched => ({ upper: best, peak, nodes, open: open.length, nearly });
  let waiting: { readonly box: Ranges; readonly above: number }[] = [{ box, above: upper }];
  for (;;) {
    for (const part of waiting) {
      const steps = boundSteps(pair, balls, part.box, peak);
      let step = steps.next();
      for (; !step.done; step = steps.next()) yield state(step.value === 'nearly');
      const { value, split, points } = step.value;
      nodes++;
      for (const x of points) {
        const there = errorAt(pair, x);
        if (there > peak.value * (1 + 1e-12))
          peak = climb(pair, box, { x, value: there, by: 'branch and bound' });
      }
      open.push({ box: part.box, upper: Math.min(part.above, value), split });
    }
    // Boxes below the best point stay in the queue, at its end: they are never halved.
    const node = open.pop()!;
    best = node.upper;
    yield state();
    waiting = halves(node).map((half) => ({ box: half, above: node.upper }));
  }
}

interface BoxBound {
  readonly value: number;
  readonly split: number;
  readonly points: readonly Float64Array[];
}

function* boundSteps(
  pair: Pair,
  balls: Balls,
  box: Ranges,
  peak: Peak,
): Generator<'nearly' | undefined, BoxBound> {
  const center = box.low.map((low, j) => 0.5 * (low + box.high[j]!));
  const inside = peak.x.every((v, j) => v >= box.low[j]! && v <= box.high[j]!);
  const direction = stateAt(pair, inside ? peak.x : center).e.at(-1)!;
  const prepared = yield* labelled(prepareSteps(pair, balls, box), undefined);
  const basis = yield* labelled(basisSteps(direction), 'nearly');
  const bound = yield* labelled(outputSteps(pair, prepared, basis), 'nearly');
  return { value: bound.value, split: splitOf(pair, bound, box), points: [center, cornerOf(bound, box)] };
}

/** The same steps, each yielding the label. */
function* labelled<L, T>(steps: Generator<void, T>, label: L): Generator<L, T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    yield label;
  }
}

/** Where the largest of the linear bounds is largest. */
function cornerOf({ sides }: OutputBound, { low, high }: Ranges): Float64Array {
  const largest = sides.flat().reduce((a, b) => (b.value > a.value ? b : a));
  return low.map((l, j) => {
    const h = high[j]!;
    const value = (x: number) => (x < 0 ? largest.negative[j]! : largest.positive[j]!) * x;
    const ends = value(h) >= value(l) ? h : l;
    return l < 0 && h > 0 && value(ends) < 0 ? 0 : ends;
  });
}

/**
 * The coordinate whose halving promises most: how far the linear bounds move along it, each weighed by its share of the
 * norm, and how far the neurons move whose ReLU is not linear over the box.
 */
function splitOf(pair: Pair, { sides }: OutputBound, { low, high }: Ranges): number {
  const { target, inputs, outputs } = pair.layers[0]!;
  const total = norm(Float64Array.from(sides, ([a, b]) => Math.max(0, a.value, b.value)));
  const score = new Float64Array(inputs);
  const rows = new Float64Array(outputs);
  for (const pairOfSides of sides) {
    const side = pairOfSides[0].value >= pairOfSides[1].value ? pairOfSides[0] : pairOfSides[1];
    const share = total > 0 ? Math.max(0, side.value) / total : 1;
    for (let j = 0; j < inputs; j++)
      score[j]! += share * (Math.abs(side.positive[j]!) + Math.abs(side.negative[j]!));
    side.loose.forEach((loose, r) => {
      rows[r]! += share * loose;
    });
  }
  let best = 0;
  for (let j = 0; j < inputs; j++) {
    for (let r = 0; r < outputs; r++) score[j]! += rows[r]! * Math.abs(target[r * inputs + j]!);
    score[j] = (score[j]! + Number.MIN_VALUE) * (high[j]! - low[j]!);
    if (score[j]! > score[best]!) best = j;
  }
  return best;
}

function halves({ box: { low, high }, split }: Node): Ranges[] {
  const middle = 0.5 * (low[split]! + high[split]!);
  const [left, right] = [high.slice(), low.slice()];
  left[split] = middle;
  right[split] = middle;
  return [
    { low, high: left },
    { low: right, high },
  ];
}
