import { type BitCoder, Counts, meter, quantize } from './bits.js';

/** What the probability of a mask bit is taken from. */
export const maskModels = ['layer', 'channels', 'kernel'] as const;
export type MaskModel = (typeof maskModels)[number];

/** How many seen bits a context's parent counts for: a channel's share of kept weights starts at its layer's. */
const parentWeight = 16;

/**
 * Codes a mask in place: writes it, or fills it with what is read.
 *
 * - `layer`: one share of kept weights for the whole layer.
 * - `channels`: one for each output and each input channel, their odds multiplied (a model of independent effects).
 * - `kernel`: by the place in the kernel and how many weights of that kernel were kept before it.
 *
 * @param shape [out, in, height, width] or [out, in]
 */
export function codeMask(
  coder: BitCoder,
  mask: Uint8Array,
  shape: readonly number[],
  model: MaskModel,
): void {
  const inputs = shape[1] ?? 1;
  const area = shape.slice(2).reduce((a, b) => a * b, 1);
  const layer = new Counts(1);
  if (model === 'layer') {
    for (let i = 0; i < mask.length; i++) {
      const bit = coder.code(mask[i]!, quantize(layer.zero(0, 0.5, 1)));
      layer.add(0, bit);
      mask[i] = bit;
    }
    return;
  }
  if (model === 'kernel') {
    const kernel = new Counts(area * (area + 1));
    for (let i = 0, place = 0, kept = 0; i < mask.length; i++) {
      const context = place * (area + 1) + kept;
      const bit = coder.code(mask[i]!, quantize(kernel.zero(context, layer.zero(0, 0.5, 1), parentWeight)));
      kernel.add(context, bit);
      layer.add(0, bit);
      mask[i] = bit;
      kept += bit;
      if (++place === area) {
        place = 0;
        kept = 0;
      }
    }
    return;
  }
  const outputCounts = new Counts(shape[0] ?? 1);
  const inputCounts = new Counts(inputs);
  for (let i = 0; i < mask.length; i++) {
    const kernel = Math.floor(i / area);
    const output = Math.floor(kernel / inputs);
    const input = kernel % inputs;
    const p = layer.zero(0, 0.5, 1);
    const byOutput = outputCounts.zero(output, p, parentWeight);
    const byInput = inputCounts.zero(input, p, parentWeight);
    const zeroOdds = (byOutput * byInput) / p;
    const oneOdds = ((1 - byOutput) * (1 - byInput)) / (1 - p);
    const bit = coder.code(mask[i]!, quantize(zeroOdds / (zeroOdds + oneOdds)));
    outputCounts.add(output, bit);
    inputCounts.add(input, bit);
    layer.add(0, bit);
    mask[i] = bit;
  }
}

/** The model that makes a mask smallest. */
export function bestMaskModel(mask: Uint8Array, shape: readonly number[]): MaskModel {
  let best: MaskModel = 'layer';
  let least = Number.POSITIVE_INFINITY;
  for (const model of maskModels) {
    const cost = meter();
    codeMask(cost, mask, shape, model);
    if (cost.bits < least) {
      least = cost.bits;
      best = model;
    }
  }
  return best;
}
