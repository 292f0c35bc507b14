import { InputError } from './errors.js';
import { parseJson } from './json.js';
import { sizeOf } from './shape.js';

/** A tensor of a safetensors file: row-major data and its shape. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}

/** Named tensors and string metadata, as a safetensors file holds them. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const kinds = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  I64: BigInt64Array,
  U8: Uint8Array,
} as const;

/**
 * Encodes tensors in the safetensors format (header length, JSON header, data), names in the given order and
 * every tensor 8-byte aligned.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  // The format wants no gaps, so 8-byte types go first and alignment follows from the order.
  const ordered = [...tensors].sort((a, b) => b[1].data.BYTES_PER_ELEMENT - a[1].data.BYTES_PER_ELEMENT);
  for (const [name, { shape, data }] of ordered) {
    const kind = Object.entries(kinds).find(([, type]) => data instanceof type)![0];
    const size = sizeOf(shape);
    if (size !== data.length)
      throw new RangeError(`tensor ${name}: shape [${shape}] holds ${size} values, not ${data.length}`);
    header[name] = { dtype: kind, shape, data_offsets: [offset, offset + data.byteLength] };
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([length, Buffer.from(json), ...parts]);
}

/** The format's largest header. */
const MOST_HEADER_BYTES = 100_000_000;

/**
 * Decodes a safetensors file and checks it against the format (https://huggingface.co/docs/safetensors): the tensors' byte ranges
 * cover the data without gap or overlap, shapes and types give the ranges' lengths, metadata are strings, no key stands twice.
 * Data need not be aligned. Aligned data are views of `bytes`, others copies.
 *
 * @param bytes the file's bytes
 * @param name the file's name, for error messages
 * @throws InputError if the bytes are no safetensors file, are damaged, or hold a type other than F32, F64, I32, I64, U8
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const { __metadata__: metadata = {}, ...described } = readHeader(bytes, name);
  const data = bytes.subarray(8 + headerLength(bytes));
  if (!isStrings(metadata)) throw bad(name, 'has __metadata__ that is no object of strings');
  const entries = Object.entries(described).map(([key, value]) => describe(key, value, name));
  requireCover(entries, data.byteLength, name);
  const tensors = new Map<string, Tensor>();
  for (const { key, shape, kind, from, to } of entries)
    tensors.set(key, { shape, data: valuesOf(data.subarray(from, to), kind) });
  return { tensors, metadata };
}

interface Entry {
  readonly key: string;
  readonly shape: readonly number[];
  readonly kind: keyof typeof kinds;
  /** Range in the data, in bytes. */
  readonly from: number;
  readonly to: number;
}

function bad(name: string, why: string): InputError {
  return new InputError(name, why, 'check that the file is complete and in the safetensors format');
}

const headerLength = (bytes: Uint8Array): number =>
  Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));

function readHeader(bytes: Uint8Array, name: string): Readonly<Record<string, unknown>> {
  if (bytes.byteLength < 8)
    throw bad(name, `is too short for a safetensors file (${bytes.byteLength} bytes)`);
  const length = headerLength(bytes);
  if (length > MOST_HEADER_BYTES)
    throw bad(name, `states a header of ${length} bytes, more than the format's ${MOST_HEADER_BYTES}`);
  if (length > bytes.byteLength - 8)
    throw bad(name, `states a header of ${length} bytes but has ${bytes.byteLength} in all`);
  const text = bytes.subarray(8, 8 + length);
  if (text[0] !== 0x7b) throw bad(name, 'has no JSON header: it does not begin with {');
  try {
    return parseJson(text, 'the header') as Record<string, unknown>;
  } catch (error) {
    throw error instanceof InputError ? bad(name, `has a header that ${error.rule}`) : error;
  }
}

/** A tensor's entry in the header, checked by itself. */
function describe(key: string, value: unknown, name: string): Entry {
  const wrong = (why: string) => bad(name, `tensor ${key} ${why}`);
  if (typeof value !== 'object' || value === null) throw wrong('has no description');
  const { dtype, shape, data_offsets: span } = value as Readonly<Record<string, unknown>>;
  const kind = typeof dtype === 'string' && Object.hasOwn(kinds, dtype) ? dtype : undefined;
  if (kind === undefined)
    throw wrong(`has the type ${JSON.stringify(dtype)}, not one of ${Object.keys(kinds).join(', ')}`);
  if (!isSizes(shape))
    throw wrong(`has the shape ${JSON.stringify(shape)}, not a list of whole numbers from 0 on`);
  if (!isSizes(span) || span.length !== 2 || span[0]! > span[1]!)
    throw wrong(`has the data_offsets ${JSON.stringify(span)}, not [begin, end] with begin <= end`);
  const [from, to] = span as [number, number];
  const size = sizeOf(shape) * kinds[kind as keyof typeof kinds].BYTES_PER_ELEMENT;
  // A product beyond 2^53 is rounded, but then above any file's length.
  if (to - from !== size)
    throw wrong(
      `of shape [${shape}] and type ${kind} takes ${size} bytes, but its data_offsets hold ${to - from}`,
    );
  return { key, shape, kind: kind as keyof typeof kinds, from, to };
}

/** Every byte of the data belongs to one tensor. */
function requireCover(entries: readonly Entry[], length: number, name: string): void {
  let end = 0;
  for (const { key, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end)
      throw bad(
        name,
        `tensor ${key} begins at byte ${from} of the data, ${from < end ? 'inside' : 'apart from'} the tensor that ends at ${end}`,
      );
    end = to;
  }
  if (end !== length) throw bad(name, `holds ${length} bytes of data where its tensors take ${end}`);
}

function valuesOf(bytes: Uint8Array, kind: keyof typeof kinds): Tensor['data'] {
  const type = kinds[kind];
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = aligned ? bytes : Uint8Array.from(bytes);
  return new type(buffer as ArrayBuffer, byteOffset, byteLength / type.BYTES_PER_ELEMENT);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isStrings(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}
