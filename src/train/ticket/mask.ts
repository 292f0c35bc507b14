import { type BitCoder, Counts, meter, quantize } from './bits.js';
import { quantilePositions } from './redrawn.js';

/**
 * What the probability of a mask bit is taken from, as a number: 0 is the layer's share of kept weights; k > 0 a curve
 * over the layer's first scores, with knots at their k + 1 quantiles and straight in between.
 */
export type MaskModel = number;

const curves = [8, 16, 32, 64];

/**
 * Codes a mask in place: writes it, or fills it with what is read.
 *
 * @param scores the layer's first scores, for the models that need them
 */
export function codeMask(coder: BitCoder, mask: Uint8Array, model: MaskModel, scores?: Float32Array): void {
  if (model === 0) codeByShare(coder, mask);
  else codeByScores(coder, mask, scores!, model + 1);
}

function codeByShare(coder: BitCoder, mask: Uint8Array): void {
  const layer = new Counts(1);
  for (let i = 0; i < mask.length; i++) {
    const bit = coder.code(mask[i]!, quantize(layer.zero(0, 0.5, 1)));
    layer.add(0, bit);
    mask[i] = bit;
  }
}

function codeByScores(coder: BitCoder, mask: Uint8Array, scores: Float32Array, knots: number): void {
  const position = quantilePositions(scores, knots);
  const curve = new Counts(knots);
  for (let i = 0; i < mask.length; i++) {
    const knot = Math.floor(position[i]!);
    const way = position[i]! - knot;
    const zero = (1 - way) * curve.zero(knot, 0.5, 1) + way * curve.zero(knot + 1, 0.5, 1);
    const bit = coder.code(mask[i]!, quantize(zero));
    curve.add(knot, bit, 1 - way);
    curve.add(knot + 1, bit, way);
    mask[i] = bit;
  }
}

/** The model that makes a mask smallest. */
export function bestMaskModel(mask: Uint8Array, scores?: Float32Array): MaskModel {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const model of scores === undefined ? [0] : [0, ...curves]) {
    const cost = meter();
    codeMask(cost, mask, model, scores);
    if (cost.bits < least) {
      least = cost.bits;
      best = model;
    }
  }
  return best;
}
