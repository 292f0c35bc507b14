import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { decodeSafetensors } from '../../../src/core/safetensors.js';
import { isAugmentFile, replayAugmentation } from '../../../src/train/data/replay.js';

const file = new URL('../../fixtures/augment-cifar10.safetensors', import.meta.url);
const vectors = decodeSafetensors(readFileSync(file), 'augment-cifar10.safetensors');

describe('augmentation', () => {
  test('gives the bytes of torchvision (pad 4, resized_crop by PIL, hflip)', () => {
    // Oracle: torchvision on PIL images; how it was made is in the file's metadata. The goal is +-1; we are exact.
    expect(isAugmentFile(vectors)).toBe(true);
    expect(replayAugmentation(vectors, 'vectors')).toEqual({
      images: 16,
      values: 49152,
      differing: 0,
      largest: 0,
    });
  });

  test('a changed reference is seen', () => {
    const output = vectors.tensors.get('output')!;
    const data = (output.data as Uint8Array).slice();
    data[5000] = data[5000]! ^ 8;
    const tensors = new Map([...vectors.tensors, ['output', { ...output, data }]]);
    expect(replayAugmentation({ tensors, metadata: {} }, 'vectors')).toMatchObject({
      differing: 1,
      largest: 8,
    });
  });

  test('a box outside the image and a missing tensor are named', () => {
    const box = vectors.tensors.get('box')!;
    const data = (box.data as BigInt64Array).slice();
    data[3] = 41n;
    const outside = new Map([...vectors.tensors, ['box', { ...box, data }]]);
    expect(() => replayAugmentation({ tensors: outside, metadata: {} }, 'vectors')).toThrow(/box 0 .*40x40/);
    const missing = new Map(vectors.tensors);
    missing.delete('flip');
    expect(() => replayAugmentation({ tensors: missing, metadata: {} }, 'vectors')).toThrow(InputError);
  });
});
