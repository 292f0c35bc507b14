import { type BitCoder, Counts, quantize } from './bits.js';
import { quantilePositions } from './redrawn.js';

/** How many seen bits a context's parent counts for. */
const parentWeight = 16;

/** Contexts of how long a weight is known to have been kept since. */
const gaps = 24;

/** Knots of the curve over the first scores. */
const knots = 33;

/**
 * A code for which randomization last touched each kept weight that leans on the choices, which the seeds give back:
 * randomization k touched a chosen weight if and only if it was pruned then. From the last randomization back to
 * the first, one bit is coded for every weight that k chose and no later one touched: was it touched? What no one
 * touched has its initial value. With rate r that is one question in 1/r randomizations.
 *
 * A bit's probability comes from the share of touched weights at k, from how long after k the weight is known to
 * have been kept, and, if the first scores are known, from a curve over those; the odds of all are multiplied.
 */
export class ChoiceModel {
  private readonly byGap = new Counts(gaps);

  /** @param last the number of randomizations */
  constructor(private readonly last: number) {}

  /**
   * Codes one layer in place.
   *
   * @param touches for each kept weight; reading fills it
   * @param places where the kept weights lie in the layer
   * @param chosen the places each randomization chose
   * @param scores the layer's first scores, if known
   * @returns when writing, false if a weight was touched by a randomization that did not choose it
   */
  codeLayer(
    coder: BitCoder,
    touches: Int32Array,
    places: Int32Array,
    chosen: (randomization: number) => Uint8Array,
    scores?: Float32Array,
  ): boolean {
    const { last, byGap } = this;
    const layer = new Counts(1);
    const curve = new Counts(knots);
    const position = scores === undefined ? undefined : quantilePositions(scores, knots);
    const open = Int32Array.from(touches, (_, i) => i);
    const keptSince = new Int32Array(touches.length).fill(last + 1);
    let left = open.length;
    const wanted = touches.slice();
    touches.fill(0);
    for (let k = last; k >= 1 && left > 0; k--) {
      const here = chosen(k);
      const byTime = new Counts(1);
      let stay = 0;
      for (let o = 0; o < left; o++) {
        const i = open[o]!;
        const place = places[i]!;
        if (here[place] === 0) {
          open[stay++] = i;
          continue;
        }
        const zero = layer.zero(0, 0.5, 1);
        const gap = gapContext(keptSince[i]! - k);
        const timeZero = byTime.zero(0, zero, parentWeight);
        const gapZero = byGap.zero(gap, zero, parentWeight);
        let zeroOdds = (timeZero * gapZero) / zero;
        let oneOdds = ((1 - timeZero) * (1 - gapZero)) / (1 - zero);
        const knot = position === undefined ? 0 : Math.floor(position[place]!);
        const way = position === undefined ? 0 : position[place]! - knot;
        if (position !== undefined) {
          const scoreZero =
            (1 - way) * curve.zero(knot, zero, parentWeight) + way * curve.zero(knot + 1, zero, parentWeight);
          zeroOdds *= scoreZero / zero;
          oneOdds *= (1 - scoreZero) / (1 - zero);
        }
        const bit = coder.code(wanted[i] === k ? 1 : 0, quantize(zeroOdds / (zeroOdds + oneOdds)));
        layer.add(0, bit);
        byTime.add(0, bit);
        byGap.add(gap, bit);
        if (position !== undefined) {
          curve.add(knot, bit, 1 - way);
          curve.add(knot + 1, bit, way);
        }
        if (bit === 1) touches[i] = k;
        else {
          keptSince[i] = k;
          open[stay++] = i;
        }
      }
      left = stay;
    }
    return touches.every((k, i) => k === wanted[i]);
  }
}

/** Half-octaves of the gap, so that near ones are told apart best. */
function gapContext(gap: number): number {
  const octave = 31 - Math.clz32(gap);
  const half = octave === 0 ? 0 : (gap >>> (octave - 1)) & 1;
  return Math.min(2 * octave + half, gaps - 1);
}
