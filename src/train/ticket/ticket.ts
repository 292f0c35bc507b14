import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { sizeOf } from '../../core/shape.js';
import { type BitCoder, reader, writer } from './bits.js';
import { ChoiceModel } from './choices.js';
import { bestMaskModel, codeMask } from './mask.js';
import { RangeDecoder, RangeEncoder } from './range-coder.js';
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

const magic = Buffer.from('ITKT');
const version = 1;
const checkBytes = 8;
const fixedBytes = magic.length + 1 + 4 + 4;

const contentsSchema = v.object({
  header: v.any(),
  /** Largest randomization number. */
  last: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 24)),
  /** What the ticket is coded by. */
  by: v.object({ choices: v.boolean(), scores: v.boolean() }),
  /** Name, shape, mask model, whether last touches follow. */
  layers: v.array(
    v.tuple([
      v.string(),
      v.array(v.number()),
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1024)),
      v.boolean(),
    ]),
  ),
  tensors: v.array(v.tuple([v.string(), v.array(v.number())])),
});
type Contents = v.InferOutput<typeof contentsSchema>;

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
    tensors: [...ticket.tensors].map(([name, { shape }]) => [name, [...shape]]),
  };
  const head = deflateRawSync(JSON.stringify(contents), { level: 9 });
  const floats = deflateRawSync(toPlanes([...ticket.tensors.values()].map((t) => t.data)), { level: 9 });
  const encoder = new RangeEncoder();
  const coder = writer(encoder);
  const codeTouches = touchCoder(last, redrawn);
  ticket.layers.forEach(({ name, mask, lastTouched }, i) => {
    codeMask(coder, mask.slice(), models[i]!, redrawn.scores?.(name));
    if (lastTouched !== null && !codeTouches(coder, name, mask, lastTouched.slice()))
      throw misfit(name, 'was touched by a randomization that did not choose it');
  });
  const start = Buffer.alloc(fixedBytes);
  magic.copy(start);
  start.writeUInt8(version, 4);
  start.writeUInt32LE(head.length, 5);
  start.writeUInt32LE(floats.length, 9);
  const body = Buffer.concat([start, head, floats, encoder.finish()]);
  return Buffer.concat([body, checksum(body)]);
}

/**
 * The inverse of {@link encodeTicket}.
 *
 * @param name the file's name, for errors
 * @param redraw draws again, from the ticket's header, what it was written by
 * @throws InputError if the bytes are no ticket, of a later version, or damaged
 */
export function decodeTicket(bytes: Uint8Array, name: string, redraw?: (header: Json) => Redrawn): Ticket {
  const bad = (why: string, fix = 'copy the file again') => new InputError(name, why, fix);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, magic.length).equals(magic))
    throw bad('is no ticket', 'pass a file of iterand export');
  if (file.length < fixedBytes + checkBytes) throw bad(`is cut short at ${file.length} bytes`);
  if (file.readUInt8(4) !== version)
    throw bad(`has the ticket version ${file.readUInt8(4)}, not ${version}`, 'use the iterand that wrote it');
  const body = file.subarray(0, file.length - checkBytes);
  if (!checksum(body).equals(file.subarray(body.length)))
    throw bad('is damaged: its checksum does not match');
  const headEnd = fixedBytes + file.readUInt32LE(5);
  const floatsEnd = headEnd + file.readUInt32LE(9);
  const contents = v.parse(
    contentsSchema,
    JSON.parse(inflateRawSync(body.subarray(fixedBytes, headEnd)).toString('utf8')),
  );
  const floats = fromPlanes(inflateRawSync(body.subarray(headEnd, floatsEnd)));
  const coder = reader(new RangeDecoder(body.subarray(floatsEnd)));
  const header = contents.header as Json;
  const { by } = contents;
  const drawn = pick(by, by.choices || by.scores ? redraw?.(header) : undefined);
  if ((by.choices && drawn.chosen === undefined) || (by.scores && drawn.scores === undefined))
    throw bad('is coded by what its seeds draw', 'read it with the function that draws it');
  const codeTouches = touchCoder(contents.last, drawn);
  const layers = contents.layers.map(([layer, shape, model, touched]): TicketLayer => {
    const mask = new Uint8Array(sizeOf(shape));
    codeMask(coder, mask, model, drawn.scores?.(layer));
    const lastTouched = touched ? new Int32Array(count(mask)) : null;
    if (lastTouched !== null) codeTouches(coder, layer, mask, lastTouched);
    return { name: layer, shape, mask, lastTouched };
  });
  let at = 0;
  const tensors = new Map<string, TicketTensor>();
  for (const [tensor, shape] of contents.tensors) {
    tensors.set(tensor, { shape, data: floats.slice(at, at + sizeOf(shape)) });
    at += sizeOf(shape);
  }
  return { header, layers, tensors };
}

/** Codes a layer's last touches in place, by the choices if there are any; false if they do not fit them. */
function touchCoder(last: number, { chosen, scores }: Redrawn) {
  const numbers = new TouchModel(last);
  const choices = new ChoiceModel(last);
  return (coder: BitCoder, name: string, mask: Uint8Array, touches: Int32Array): boolean => {
    if (chosen === undefined) {
      numbers.codeLayer(coder, touches);
      return true;
    }
    return choices.codeLayer(coder, touches, places(mask), (k) => chosen(name, k), scores?.(name));
  };
}

/** Of what can be drawn again, what the ticket was written by. */
function pick(by: Contents['by'], drawn: Redrawn = {}): Redrawn {
  return {
    ...(by.choices && drawn.chosen ? { chosen: drawn.chosen } : {}),
    ...(by.scores && drawn.scores ? { scores: drawn.scores } : {}),
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

function requireLayer({ name, shape, mask, lastTouched }: TicketLayer): void {
  const wrong = (why: string) => misfit(name, why);
  if (mask.length !== sizeOf(shape))
    throw wrong(`its mask has ${mask.length} entries, its shape [${shape}] ${sizeOf(shape)}`);
  if (mask.some((bit) => bit > 1)) throw wrong('its mask holds values other than 0 and 1');
  if (lastTouched === null) return;
  if (lastTouched.length !== count(mask))
    throw wrong(`has ${lastTouched.length} last touches for ${count(mask)} kept weights`);
  if (lastTouched.some((k) => k < 0 || k > 2 ** 24)) throw wrong('a last touch is not in 0 ... 2^24');
}

function largest(values: Int32Array | null, least: number): number {
  return values === null ? least : values.reduce((a, b) => Math.max(a, b), least);
}

function checksum(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checkBytes);
}

/** Float32 bytes, all first bytes, then all second ones ...: alike bytes stand together, which deflate needs. */
function toPlanes(arrays: readonly Float32Array[]): Uint8Array {
  const total = arrays.reduce((sum, a) => sum + a.length, 0);
  const planes = new Uint8Array(4 * total);
  let i = 0;
  for (const array of arrays) {
    const view = new DataView(array.buffer, array.byteOffset, array.byteLength);
    for (let k = 0; k < array.length; k++, i++)
      for (let b = 0; b < 4; b++) planes[b * total + i] = view.getUint8(4 * k + b);
  }
  return planes;
}

function fromPlanes(planes: Uint8Array): Float32Array {
  const total = planes.length / 4;
  const floats = new Float32Array(total);
  const bytes = new Uint8Array(floats.buffer);
  for (let b = 0; b < 4; b++) for (let i = 0; i < total; i++) bytes[4 * i + b] = planes[b * total + i]!;
  return floats;
}
