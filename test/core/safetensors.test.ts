import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.js';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../src/core/safetensors.js';

const tensor: fc.Arbitrary<Tensor> = fc.oneof(
  fc.float32Array().map((data) => ({ shape: [data.length], data })),
  fc.float64Array().map((data) => ({ shape: [1, data.length], data })),
  fc.int32Array().map((data) => ({ shape: [data.length], data })),
  fc.bigInt64Array().map((data) => ({ shape: [data.length, 1], data })),
  fc.uint8Array().map((data) => ({ shape: [data.length], data })),
);

test('decoding gives back what was encoded', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.tuple(
          fc.string().filter((s) => s !== '__metadata__' && s !== '__proto__'),
          tensor,
        ),
        {
          selector: ([name]) => name,
        },
      ),
      fc.dictionary(
        fc.string().filter((s) => s !== '__proto__'),
        fc.string(),
      ),
      (tensors, metadata) => {
        const file = decodeSafetensors(encodeSafetensors(tensors, metadata), 'x');
        expect(file.metadata).toEqual({ ...metadata });
        expect(new Map([...file.tensors].sort())).toEqual(new Map(tensors.sort()));
      },
    ),
  );
});

test('a file cut anywhere is an error that names it', () => {
  const bytes = encodeSafetensors([['a', { shape: [2], data: new Float32Array([1, 2]) }]]);
  for (let cut = 0; cut < bytes.length; cut++)
    expect(() => decodeSafetensors(bytes.slice(0, cut), 'w.safetensors')).toThrow(InputError);
  expect(() => decodeSafetensors(new Uint8Array(64).fill(255), 'w.safetensors')).toThrow(/^w.safetensors/);
});

/** A file with this header text over `data` bytes 0, 1, 2, .... */
function file(header: string | object, data = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Uint8Array.from({ length: data }, (_, i) => i)]);
}
const decode = (header: string | object, data = 0) => decodeSafetensors(file(header, data), 'w.safetensors');
const f32 = (shape: unknown, ...data_offsets: unknown[]) => ({ dtype: 'F32', shape, data_offsets });

describe('what the format allows is read', () => {
  test('data at any byte, behind a header of any length', () => {
    const values = Float64Array.of(Math.PI, -1, 2 ** -1074);
    const bytes = new Uint8Array(values.buffer);
    for (let pad = 0; pad < 9; pad++) {
      const header = {
        odd: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
        b: { dtype: 'F64', shape: [3], data_offsets: [1, 25] },
      };
      const whole = Buffer.concat([file(JSON.stringify(header) + ' '.repeat(pad)), Uint8Array.of(7), bytes]);
      for (const given of [
        whole,
        Uint8Array.from(whole),
        Buffer.concat([Buffer.alloc(pad), whole]).subarray(pad),
      ]) {
        const { tensors } = decodeSafetensors(given, 'x');
        expect(tensors.get('b')!.data).toEqual(values);
        expect(tensors.get('odd')!.data).toEqual(Uint8Array.of(7));
      }
    }
  });

  test('tensors in any order, scalars, empty tensors, no tensor', () => {
    const { tensors } = decode({ b: f32([], 4, 8), a: f32([1, 1], 0, 4), none: f32([0, 5], 4, 4) }, 8);
    expect(tensors.get('b')!.shape).toEqual([]);
    expect(new Uint8Array((tensors.get('b')!.data as Float32Array).slice().buffer)).toEqual(
      Uint8Array.of(4, 5, 6, 7),
    );
    expect(tensors.get('none')!.data.length).toBe(0);
    expect(decode('{}')).toEqual({ tensors: new Map(), metadata: {} });
    expect(decode('{"__metadata__":{"a":"1"}}  ').metadata).toEqual({ a: '1' });
  });
});

test.each([
  ['__metadata__: null', { __metadata__: null }, 0, /__metadata__ that is no object of strings/],
  ['a metadata object in place of a string', { __metadata__: { a: {} } }, 0, /no object of strings/],
  ['metadata as a list', { __metadata__: ['a'] }, 0, /no object of strings/],
  ['a header that is a list', '[]', 0, /does not begin with \{/],
  ['a header behind a blank', ' {}', 0, /does not begin with \{/],
  ['a header that is no JSON', '{"a":}', 0, /a header that is no JSON/],
  [
    'a tensor twice',
    `{"a":${JSON.stringify(f32([0], 0, 0))},"a":${JSON.stringify(f32([0], 0, 0))}}`,
    0,
    /holds the key 'a' twice/,
  ],
  [
    'a field twice',
    '{"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}',
    4,
    /holds the key 'dtype' twice/,
  ],
  ['a tensor that is null', { a: null }, 0, /tensor a has no description/],
  ['a tensor without a shape', { a: { dtype: 'F32', data_offsets: [0, 4] } }, 4, /the shape undefined/],
  ['an unknown type', { a: { ...f32([1], 0, 4), dtype: 'BF16' } }, 4, /the type "BF16", not one of F32/],
  ['a type that is no string', { a: { ...f32([1], 0, 4), dtype: ['F32'] } }, 4, /the type \["F32"\]/],
  ['a negative shape', { a: f32([-1, -1], 0, 4) }, 4, /the shape \[-1,-1\]/],
  ['a fractional shape', { a: f32([0.5, 2], 0, 4) }, 4, /the shape \[0.5,2\]/],
  ['a shape of strings', { a: f32(['1'], 0, 4) }, 4, /the shape \["1"\]/],
  [
    'a shape whose product overflows',
    { a: f32([2 ** 32, 2 ** 32], 0, 4) },
    4,
    /takes 7\d+ bytes, but its data_offsets hold 4/,
  ],
  [
    'a shape that does not fill its range',
    { a: f32([2], 0, 4) },
    4,
    /takes 8 bytes, but its data_offsets hold 4/,
  ],
  ['offsets that go backwards', { a: f32([1], 4, 0) }, 4, /data_offsets \[4,0\]/],
  ['three offsets', { a: f32([1], 0, 4, 4) }, 4, /data_offsets \[0,4,4\]/],
  ['a range beyond the file', { a: f32([2], 0, 8) }, 4, /holds 4 bytes of data where its tensors take 8/],
  [
    'data of no tensor at the end',
    { a: f32([1], 0, 4) },
    5,
    /holds 5 bytes of data where its tensors take 4/,
  ],
  [
    'data of no tensor between',
    { a: f32([1], 0, 4), b: f32([1], 5, 9) },
    9,
    /tensor b begins at byte 5 .* apart from/,
  ],
  ['data of no tensor at the start', { a: f32([1], 4, 8) }, 8, /tensor a begins at byte 4/],
  ['overlapping tensors', { a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8, /tensor b begins at byte 4 .* inside/],
])('%s is named', (_, header, data, words) => {
  expect(() => decode(header, data)).toThrow(InputError);
  expect(() => decode(header, data)).toThrow(words);
  expect(() => decode(header, data)).toThrow(/^w\.safetensors: /);
});

test('a header that claims more than the file or the format is refused before it is read', () => {
  const claims = (length: bigint) => {
    const bytes = file('{}');
    new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(0, length, true);
    return () => decodeSafetensors(bytes, 'w');
  };
  expect(claims(3n)).toThrow('states a header of 3 bytes but has 10 in all');
  expect(claims(100_000_001n)).toThrow('more than the format');
  expect(claims(2n ** 64n - 1n)).toThrow('more than the format');
  expect(claims(0n)).toThrow('does not begin with {');
});

test('a header that is no UTF-8 is named', () => {
  const bytes = file({ __metadata__: { a: 'xyz' } });
  bytes[bytes.indexOf(0x79)] = 0xff;
  expect(() => decodeSafetensors(bytes, 'w')).toThrow(/a header that is not UTF-8 text/);
});
