import type { Tensor } from '../../src/core/safetensors.js';

/** Another reading of a safetensors file, as short as can be and without any check: what the file now says. */
export function referenceTensors(bytes: Uint8Array): Map<string, { shape: number[]; values: Float64Array }> {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(view.buffer, 8, length)));
  delete header.__metadata__;
  return new Map(
    Object.entries(
      header as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>,
    ).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from],
        },
      ]) => {
        const [size, read] = READERS[dtype]!;
        const count = shape.reduce((a, b) => a * b, 1);
        return [
          name,
          {
            shape,
            values: Float64Array.from({ length: count }, (_, i) => read(view, 8 + length + from + i * size)),
          },
        ];
      },
    ),
  );
}

const READERS: Readonly<Record<string, readonly [size: number, (view: DataView, at: number) => number]>> = {
  F32: [4, (view, at) => view.getFloat32(at, true)],
  F64: [8, (view, at) => view.getFloat64(at, true)],
  I32: [4, (view, at) => view.getInt32(at, true)],
  I64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  U8: [1, (view, at) => view.getUint8(at)],
};

/** Tensors as plain values, to be compared. */
export const plain = (tensors: Iterable<readonly [string, Tensor]>) =>
  new Map(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      { shape: [...shape], values: Float64Array.from(data as ArrayLike<number | bigint>, Number) },
    ]),
  );
