import fc from 'fast-check';
import { expect, test } from 'vitest';
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

test('a damaged file is an error that names it', () => {
  const bytes = encodeSafetensors([['a', { shape: [2], data: new Float32Array([1, 2]) }]]);
  for (const cut of [0, 7, 9, bytes.length - 1])
    expect(() => decodeSafetensors(bytes.slice(0, cut), 'w.safetensors')).toThrow(InputError);
  expect(() => decodeSafetensors(new Uint8Array(64).fill(255), 'w.safetensors')).toThrow(/^w.safetensors/);
});
