import erfcinv from '@stdlib/math-base-special-erfcinv';
import { type Stream, stream } from '../../core/rng.js';
import type { NoiseKind } from './rules/rule.js';

/** Fills an array, a layer's weight in the standard layout, with the noise of a step: the same whenever it is asked, since a step may be taken again. */
export type NoiseSource = (layer: string, out: Float32Array) => void;

/** The noise of a training step, from the streams (seed, 'noise', layer, step): the same whatever ran before. */
export function noiseOfStep(kind: NoiseKind, seed: number, step: number): NoiseSource {
  return (layer, out) => drawNoise(kind, out, stream(seed, 'noise', layer, step));
}

/**
 * Independent draws. `uniform`: U(0, 1), the midpoints of 2^23 cells. `normal`: N(0, 1) by a table, the quantiles at the midpoints of 65,536
 * cells of probability, scaled to variance 1; the largest is 4.17. A draw costs half a random word, where a function of the
 * word would cost more than the word.
 */
export function drawNoise(kind: NoiseKind, out: Float32Array, from: Stream): void {
  if (kind === 'uniform') {
    const words = wordsFor(out.length);
    from.words(words);
    for (let i = 0; i < out.length; i++) out[i] = ((words[i]! >>> 9) + 0.5) * 2 ** -23;
    return;
  }
  const words = wordsFor((out.length + 1) >> 1);
  from.words(words);
  const table = normalQuantiles();
  // Low half, then high half of each word, whatever the machine's byte order.
  for (let i = 0; i < out.length; i++) out[i] = table[(words[i >> 1]! >>> (16 * (i & 1))) & 0xffff]!;
}

/** Kept between calls: a fresh buffer costs more than the words that fill it. */
let kept = new Uint32Array(0);

function wordsFor(count: number): Uint32Array {
  if (kept.length < count) kept = new Uint32Array(count);
  return kept.subarray(0, count);
}

const CELLS = 65_536;
let quantiles: Float32Array | undefined;

function normalQuantiles(): Float32Array {
  if (quantiles !== undefined) return quantiles;
  const exact = Float64Array.from({ length: CELLS }, (_, i) => -Math.SQRT2 * erfcinv((2 * i + 1) / CELLS));
  const deviation = Math.sqrt(exact.reduce((sum, q) => sum + q * q, 0) / CELLS);
  quantiles = Float32Array.from(exact, (q) => q / deviation);
  return quantiles;
}
