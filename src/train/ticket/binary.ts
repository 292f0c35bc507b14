import { InputError } from '../../core/errors.js';

/** Name of the tensor that holds the size, [1], of a layer's binary weights. */
export const sizeName = (layer: string): string => `${layer}.size`;

/** A layer's binary weights: one bit a kept weight, and one float. */
export interface Binary {
  /** For each kept weight, row-major, 1 where it is negative. */
  readonly signs: Uint8Array;
  readonly size: Float32Array;
}

/** @param effective the layer's binary weights, pruned ones 0 */
export function toBinary(effective: Float32Array, mask: Uint8Array, layer: string): Binary {
  const kept = effective.filter((_, i) => mask[i] === 1);
  const size = Math.abs(kept[0] ?? 0);
  if (!(size > 0) || kept.some((v) => Math.abs(v) !== size))
    throw new InputError(
      `layer '${layer}'`,
      'has kept weights that are not plus or minus one size, so that bits do not give them back',
      'export --safetensors in place of a ticket',
    );
  return { signs: Uint8Array.from(kept, (v) => (v < 0 ? 1 : 0)), size: Float32Array.of(size) };
}

/** The inverse of {@link toBinary}. */
export function fromBinary({ signs, size }: Binary, mask: Uint8Array): Float32Array {
  const weights = new Float32Array(mask.length);
  for (let i = 0, kept = 0; i < mask.length; i++)
    if (mask[i] === 1) weights[i] = signs[kept++] === 1 ? -size[0]! : size[0]!;
  return weights;
}

/** The largest relative difference between binary weights and those rebuilt from their bits: the mean of equal sizes is rounded anew. */
export const BINARY_ROUNDING = 2 ** -20;

/** Whether two effective weights agree: bit for bit, or for stored bits to {@link BINARY_ROUNDING}. */
export function isSameWeight(a: Float32Array, b: Float32Array, binary: boolean): boolean {
  if (!binary) return Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
  return a.length === b.length && a.every((v, i) => Math.abs(v - b[i]!) <= BINARY_ROUNDING * Math.abs(v));
}
