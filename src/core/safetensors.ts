import { InputError } from './errors.js';
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

/**
 * Decodes a safetensors file.
 *
 * @param bytes the file's bytes
 * @param name the file's name, for error messages
 * @throws InputError if the bytes are no safetensors file, are cut short, or hold a type other than F32, F64, I32, I64, U8
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const bad = (why: string) =>
    new InputError(name, why, 'check that the file is complete and in the safetensors format');
  if (bytes.byteLength < 8) throw bad('is too short for a safetensors file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > bytes.byteLength - 8)
    throw bad(`states a header of ${length} bytes but has ${bytes.byteLength} in all`);
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + 8, length).toString('utf8'));
  } catch {
    throw bad('has no JSON header');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw bad('has no JSON header');
  const tensors = new Map<string, Tensor>();
  let metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') {
      metadata = value as Record<string, string>;
      continue;
    }
    if (typeof value !== 'object' || value === null) throw bad(`tensor ${key} has no description`);
    const {
      dtype,
      shape,
      data_offsets: span,
    } = value as { dtype: string; shape: number[]; data_offsets: number[] };
    const type = Object.hasOwn(kinds, dtype) ? kinds[dtype as keyof typeof kinds] : undefined;
    if (type === undefined)
      throw bad(`tensor ${key} has the type ${dtype}, not one of ${Object.keys(kinds).join(', ')}`);
    if (!isSizes(shape) || !isSizes(span) || span.length !== 2)
      throw bad(`tensor ${key} has no shape or offsets`);
    const [from, to] = span as [number, number];
    const size = sizeOf(shape) * type.BYTES_PER_ELEMENT;
    if (!(from >= 0) || to - from !== size || 8 + length + to > bytes.byteLength)
      throw bad(`tensor ${key} (shape [${shape}]) lies outside the file or has the wrong length`);
    // Copied, so that the data is aligned and does not keep the whole file alive.
    const copy = bytes.slice(8 + length + from, 8 + length + to);
    tensors.set(key, { shape, data: new type(copy.buffer, copy.byteOffset, size / type.BYTES_PER_ELEMENT) });
  }
  return { tensors, metadata };
}

/** A list of sizes or offsets: nonnegative integers. */
function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
