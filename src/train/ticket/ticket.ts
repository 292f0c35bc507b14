import { InputError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import { type BitCoder, writer } from './bits.js';
import { ChoiceModel } from './choices.js';
import { packTicket } from './container.js';
import { type Contents, deflate, MOST_TOUCHES, packContents } from './contents.js';
import { bestMaskModel, codeMask } from './mask.js';
import { toPlanes } from './planes.js';
import { RangeEncoder } from './range-coder.js';
import type { Redrawn } from './redrawn.js';
import { TouchModel } from './touches.js';

/** Anything JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Which weights of a layer are kept, and where each got its value. */
export interface TicketLayer {
  readonly name: string;
  /** [out, in, height, width] or [out, in]. */
  readonly shape: readonly number[];
  /** 1 where the weight is kept, else 0; row-major. */
  readonly mask: Uint8Array;
  /**
   * For each kept weight, row-major, the randomization that drew it last: 0 is the initial draw, k the k-th
   * randomization. Null where the method has none.
   */
  readonly lastTouched: Int32Array | null;
  /** For each kept weight, row-major, 1 where it is negative: of binary weights that no seed gives back. */
  readonly signs?: Uint8Array;
}

/** A float32 tensor that no seed gives back, such as a batch norm's running mean. */
export interface TicketTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A pruned random network: what is needed, beside the seeds in its header, to rebuild every weight bit for bit
 * (the paper's Limitation 1: storing a network as seeds and a mask, under randomization).
 */
export interface Ticket {
  /** The run's spec, seeds and whatever else belongs to it. */
  readonly header: Json;
  readonly layers: readonly TicketLayer[];
  readonly tensors: ReadonlyMap<string, TicketTensor>;
}

/**
 * Encodes a ticket: a deflated JSON head, the tensors, and masks and last touches under one arithmetic code whose
 * models adapt as they go (no table is sent). The last 8 bytes are a checksum.
 *
 * @param redrawn what the header's seeds give back: the ticket is then several times smaller, and reading it takes the same
 * @throws InputError if a layer's mask or last touches do not fit its shape or the choices
 */
export function encodeTicket(ticket: Ticket, redrawn: Redrawn = {}): Uint8Array {
  for (const layer of ticket.layers) requireLayer(layer);
  const last = ticket.layers.reduce((most, { lastTouched }) => largest(lastTouched, most), 0);
  const models = ticket.layers.map(({ name, mask }) => bestMaskModel(mask, redrawn.scores?.(name)));
  const contents: Contents = {
    header: ticket.header,
    last,
    by: { choices: redrawn.chosen !== undefined, scores: redrawn.scores !== undefined },
    layers: ticket.layers.map(({ name, shape, lastTouched }, i) => [
      name,
      [...shape],
      models[i]!,
      lastTouched !== null,
    ]),
    ...(ticket.layers.some(({ signs }) => signs) ? { signs: true } : {}),
    tensors: [...ticket.tensors].map(([name, { shape }]) => [name, [...shape]]),
  };
  const encoder = new RangeEncoder();
  const coder = writer(encoder);
  const codeTouches = touchCoder(last, redrawn);
  ticket.layers.forEach(({ name, mask, lastTouched, signs }, i) => {
    codeMask(coder, mask.slice(), models[i]!, redrawn.scores?.(name));
    if (lastTouched !== null && !codeTouches(coder, name, mask, lastTouched.slice()))
      throw misfit(name, 'was touched by a randomization that did not choose it');
    if (signs) codeMask(coder, signs.slice(), 0);
  });
  return packTicket({
    head: packContents(contents),
    floats: deflate(toPlanes([...ticket.tensors.values()].map((t) => t.data))),
    code: encoder.finish(),
  });
}

/** Codes a layer's last touches in place, by the choices if there are any; false if they do not fit them. */
export function touchCoder(last: number, { chosen, scores }: Redrawn) {
  // Each model where it is used: the numbers' takes memory for 2^depth of them.
  const numbers = chosen === undefined ? new TouchModel(last) : undefined;
  const choices = new ChoiceModel(last);
  return (coder: BitCoder, name: string, mask: Uint8Array, touches: Int32Array): boolean => {
    if (chosen === undefined) {
      numbers!.codeLayer(coder, touches);
      return true;
    }
    return choices.codeLayer(coder, touches, places(mask), (k) => chosen(name, k), scores?.(name));
  };
}

/** Where the kept weights lie. */
function places(mask: Uint8Array): Int32Array {
  const kept = new Int32Array(count(mask));
  for (let i = 0, o = 0; i < mask.length; i++) if (mask[i] === 1) kept[o++] = i;
  return kept;
}

/** Number of kept weights. */
export function count(mask: Uint8Array): number {
  let kept = 0;
  for (const bit of mask) kept += bit;
  return kept;
}

function misfit(layer: string, why: string): InputError {
  return new InputError(`layer '${layer}'`, why, 'export from a finished run');
}

function requireLayer({ name, shape, mask, lastTouched, signs }: TicketLayer): void {
  const wrong = (why: string) => misfit(name, why);
  if (mask.length !== sizeOf(shape))
    throw wrong(`its mask has ${mask.length} entries, its shape [${shape}] ${sizeOf(shape)}`);
  if (mask.some((bit) => bit > 1)) throw wrong('its mask holds values other than 0 and 1');
  if (signs !== undefined && signs.length !== count(mask))
    throw wrong(`has ${signs.length} signs for ${count(mask)} kept weights`);
  if (lastTouched === null) return;
  if (lastTouched.length !== count(mask))
    throw wrong(`has ${lastTouched.length} last touches for ${count(mask)} kept weights`);
  if (lastTouched.some((k) => k < 0 || k > MOST_TOUCHES)) throw wrong('a last touch is not in 0 ... 2^24');
}

function largest(values: Int32Array | null, least: number): number {
  return values === null ? least : values.reduce((a, b) => Math.max(a, b), least);
}
