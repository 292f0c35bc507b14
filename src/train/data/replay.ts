import { InputError } from '../../core/errors.js';
import type { TensorFile } from '../../core/safetensors.js';
import { cropFields } from './crop.js';
import { makeTransformer } from './transform.js';

/** How far our augmentation is from a reference file's. */
export interface AugmentReplay {
  readonly images: number;
  /** 8-bit values compared. */
  readonly values: number;
  /** Values that differ at all. */
  readonly differing: number;
  /** Largest difference in levels of 0 ... 255. */
  readonly largest: number;
}

/** Whether a file holds augmentation vectors, told by its tensors. */
export function isAugmentFile({ tensors }: TensorFile): boolean {
  return ['image', 'box', 'flip', 'output'].every((name) => tensors.has(name));
}

/**
 * Repeats the augmentations of a reference file: `image` [n, 32, 32, 3] uint8, `box` [n, 4] int64 (top, left,
 * height, width in the image zero-padded by 4), `flip` [n] int64, `output` [n, 32, 32, 3] uint8.
 *
 * @param name the file's name, for errors
 * @throws InputError if a tensor is missing or has another shape or type, or a box lies outside its image
 */
export function replayAugmentation({ tensors }: TensorFile, name: string): AugmentReplay {
  const bad = (why: string) => new InputError(name, why, 'pass a file of augmentation vectors');
  const take = <T>(key: string, type: abstract new (...args: never) => T, shape: readonly number[]): T => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw bad(`has no tensor '${key}'`);
    if (!(tensor.data instanceof type) || tensor.shape.slice(1).join() !== shape.join())
      throw bad(`tensor '${key}' [${tensor.shape}] must be [n${shape.map((s) => `, ${s}`).join('')}]`);
    return tensor.data;
  };
  const image = take('image', Uint8Array, [32, 32, 3]);
  const box = take('box', BigInt64Array, [4]);
  const flip = take('flip', BigInt64Array, []);
  const output = take('output', Uint8Array, [32, 32, 3]);
  const images = flip.length;
  if (image.length !== images * 3072 || box.length !== images * 4 || output.length !== images * 3072)
    throw bad('tensors disagree on the number of images');
  if (images === 0) throw bad('holds no images: there is nothing to check');
  const transformer = makeTransformer({
    channels: 3,
    size: 32,
    // Normalised by these, a level stays the number it is.
    mean: [0, 0, 0],
    std: [1 / 255, 1 / 255, 1 / 255],
    augment: { pad: 4, crop: true, flip: true },
    resize: 0,
  });
  const crop = new Int32Array(cropFields);
  const ours = new Float32Array(3072);
  let differing = 0;
  let largest = 0;
  for (let i = 0; i < images; i++) {
    const [top, left, height, width] = Array.from(box.subarray(4 * i, 4 * i + 4), Number) as [
      number,
      number,
      number,
      number,
    ];
    if (top < 0 || left < 0 || height < 1 || width < 1 || top + height > 40 || left + width > 40)
      throw bad(`box ${i} (${top}, ${left}, ${height}, ${width}) lies outside the padded 40x40 image`);
    if (flip[i] !== 0n && flip[i] !== 1n) throw bad(`flip ${i} is ${flip[i]}, not 0 or 1`);
    crop.set([top, left, height, width, Number(flip[i])]);
    const pixels = { data: image, offset: i * 3072, channelStride: 1, step: 3, height: 32, width: 32 };
    transformer.augment(pixels, crop, 0, ours, 0);
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < 1024; p++) {
        const distance = Math.abs(ours[c * 1024 + p]! - output[i * 3072 + p * 3 + c]!);
        if (distance > 0) differing++;
        if (distance > largest) largest = distance;
      }
  }
  return { images, values: images * 3072, differing, largest };
}
