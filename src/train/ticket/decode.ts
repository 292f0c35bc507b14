import { InputError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import { reader } from './bits.js';
import { damaged, unpackTicket } from './container.js';
import { type Contents, inflate, unpackContents } from './contents.js';
import { codeMask } from './mask.js';
import { fromPlanes } from './planes.js';
import { RangeDecoder } from './range-coder.js';
import type { Redrawn } from './redrawn.js';
import { count, type Json, type Ticket, type TicketLayer, type TicketTensor, touchCoder } from './ticket.js';

/**
 * Mask bits that a byte of code can stand for, at most: one costs log2(65536/65535) bits or more, since no probability is above
 * 65535/65536.
 */
const MOST_BITS_PER_BYTE = Math.ceil(8 / Math.log2(65536 / 65535));

/** What a ticket's header leaves open no more: what its seeds draw, and the shapes of the network it describes. */
export interface Described extends Redrawn {
  /** Name and shape of each layer, in order. */
  readonly layers?: readonly (readonly [name: string, shape: readonly number[]])[];
  /** Of each tensor, in order. */
  readonly tensors?: readonly (readonly [name: string, shape: readonly number[]])[];
  /** Whether last touches belong to the layers, and how many randomizations there were. */
  readonly randomizations?: number | null;
  /** Whether signs of the kept weights belong to the layers. */
  readonly signs?: boolean;
}

/**
 * The inverse of `encodeTicket`. Nothing is allocated for what the file only claims: its shapes are held against the network it describes
 * and the bytes it has.
 *
 * @param name the file's name, for errors
 * @param describe what the ticket's header says it must hold, and draws again what it was written by
 * @throws InputError if the bytes are no ticket, of a later version, damaged, or contradict themselves
 */
export function decodeTicket(
  bytes: Uint8Array,
  name: string,
  describe?: (header: Json) => Described,
): Ticket {
  const parts = unpackTicket(bytes, name);
  const contents = unpackContents(parts.head, name);
  const header = contents.header as Json;
  const described = describe?.(header) ?? {};
  requireDescribed(contents, described, name);
  const weights = contents.layers.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
  if (weights > MOST_BITS_PER_BYTE * bytes.length)
    throw damaged(name, `states ${weights} weights, more than its ${bytes.length} bytes can hold`);
  const tensors = decodeTensors(contents, parts.floats, name);
  return { header, layers: decodeLayers(contents, parts.code, described, name), tensors };
}

function decodeTensors({ tensors }: Contents, floats: Uint8Array, name: string): Map<string, TicketTensor> {
  const length = 4 * tensors.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);
  const planes = inflate(floats, length, `${name}: its tensors`);
  if (planes.length !== length)
    throw damaged(name, `holds ${planes.length} bytes of tensors where its head says ${length}`);
  const values = fromPlanes(planes);
  let at = 0;
  return new Map(
    tensors.map(([tensor, shape]): [string, TicketTensor] => {
      const data = values.slice(at, at + sizeOf(shape));
      at += data.length;
      return [tensor, { shape, data }];
    }),
  );
}

function decodeLayers(
  { by, last, layers, signs }: Contents,
  code: Uint8Array,
  described: Redrawn,
  name: string,
): TicketLayer[] {
  const drawn: Redrawn = {
    ...(by.choices && described.chosen ? { chosen: described.chosen } : {}),
    ...(by.scores && described.scores ? { scores: described.scores } : {}),
  };
  if ((by.choices && drawn.chosen === undefined) || (by.scores && drawn.scores === undefined))
    throw new InputError(name, 'is coded by what its seeds draw', 'read it with the function that draws it');
  const decoder = new RangeDecoder(code);
  const coder = reader(decoder);
  const codeTouches = touchCoder(last, drawn);
  const decoded = layers.map(([layer, shape, model, touched]): TicketLayer => {
    const mask = new Uint8Array(sizeOf(shape));
    codeMask(coder, mask, model, drawn.scores?.(layer));
    const lastTouched = touched ? new Int32Array(count(mask)) : null;
    if (lastTouched !== null) codeTouches(coder, layer, mask, lastTouched);
    if (!signs) return { name: layer, shape, mask, lastTouched };
    const negative = new Uint8Array(count(mask));
    codeMask(coder, negative, 0);
    return { name: layer, shape, mask, lastTouched, signs: negative };
  });
  if (!decoder.isWhole()) throw damaged(name, 'is damaged: its code is not that of the masks it gives');
  return decoded;
}

/** Names, shapes and counts in the head are those of the network that the header describes. */
function requireDescribed(contents: Contents, described: Described, name: string): void {
  const listed = (entries: readonly (readonly [string, readonly number[], ...unknown[]])[]) =>
    entries.map(([entry, shape]) => `${entry} [${shape}]`).join(', ');
  for (const [what, expected] of [
    ['layers', described.layers],
    ['tensors', described.tensors],
  ] as const)
    if (expected !== undefined && listed(expected) !== listed(contents[what]))
      throw damaged(
        name,
        `holds other ${what} than the network it describes: ${shortened(listed(contents[what]))}`,
      );
  const { randomizations, signs } = described;
  if (signs !== undefined && signs !== (contents.signs ?? false))
    throw damaged(name, `${signs ? 'lacks' : 'holds'} signs, against what its rule says`);
  if (randomizations === undefined) return;
  const touched = randomizations !== null;
  if (contents.layers.some(([, , , touches]) => touches !== touched))
    throw damaged(name, `${touched ? 'lacks' : 'holds'} last touches, against what its method says`);
  if (contents.last > (randomizations ?? 0))
    throw damaged(name, `names randomization ${contents.last} of ${randomizations ?? 0}`);
}

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text || 'none');
