import { count, type Ticket, type TicketLayer } from './ticket.js';

/** What a ticket's size is held against, in bytes. */
export interface TicketSizes {
  /** The ticket's file. */
  readonly file: number;
  /** All weights as float32, and the tensors. */
  readonly float32: number;
  /** One bit a weight, and the tensors: a mask alone, which under randomization does not give the weights back. */
  readonly bareMask: number;
  /**
   * The zero-order entropy of the masks, last touches and signs, layer by layer: what a code must take that knows each
   * layer's shares beforehand and nothing else. Without header and tensors.
   */
  readonly bound: number;
  /** The tensors as float32. */
  readonly tensors: number;
}

/** Sizes of a ticket whose file has `file` bytes. */
export function ticketSizes({ layers, tensors }: Ticket, file: number): TicketSizes {
  const weights = layers.reduce((sum, { mask }) => sum + mask.length, 0);
  const floats = 4 * [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  const bits = layers.reduce((sum, layer) => sum + entropy(layer), 0);
  return {
    file,
    float32: 4 * weights + floats,
    bareMask: Math.ceil(weights / 8) + floats,
    bound: Math.ceil(bits / 8),
    tensors: floats,
  };
}

/** Zero-order entropy of a layer's mask, last touches and signs, in bits. */
export function entropy({ mask, lastTouched, signs }: TicketLayer): number {
  const kept = count(mask);
  const shares = new Map<number, number>();
  for (const k of lastTouched ?? []) shares.set(k, (shares.get(k) ?? 0) + 1);
  const negative = signs ? count(signs) : 0;
  return (
    codeLength([kept, mask.length - kept]) +
    codeLength([...shares.values()]) +
    (signs ? codeLength([negative, kept - negative]) : 0)
  );
}

/** n H(c/n): bits of an ideal code for symbols that occur c times, n in all. */
function codeLength(counts: readonly number[]): number {
  const n = counts.reduce((a, b) => a + b, 0);
  return counts.reduce((sum, c) => sum - (c === 0 ? 0 : c * Math.log2(c / n)), 0);
}
