import { cropFields, roundHalfEven } from './crop.js';
import type { Transform } from './dataset.js';
import { type Plane, resizePlane } from './resize.js';

/** An 8-bit image as a decoder or a data file holds it: value (c, y, x) is data[offset + c * channelStride + (y * width + x) * step]. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly channelStride: number;
  readonly step: number;
  readonly height: number;
  readonly width: number;
}

/** Pixels stored channel by channel, as CIFAR's files and the datasets in memory have them. */
export function planar(data: Uint8Array, offset: number, height: number, width: number): Pixels {
  return { data, offset, channelStride: height * width, step: 1, height, width };
}

/** Turns stored images into the network's input, one at a time, without allocating. */
export interface Transformer {
  /**
   * Pads, crops, resizes and flips by row `at` of a crop table, then normalises into `out` [channels, size, size].
   * The crop box lies in the padded image.
   */
  augment(image: Pixels, crops: Int32Array, at: number, out: Float32Array, outOffset: number): void;
  /** Resizes the shorter side and crops the centre as the evaluation transform says, then normalises. */
  evaluate(image: Pixels, out: Float32Array, outOffset: number): void;
  /** The 8-bit result of `augment`, before normalisation, [channels, size, size]. */
  augmentBytes(image: Pixels, crops: Int32Array, at: number): Uint8Array;
}

/** Makes a {@link Transformer}; each worker has its own, for the scratch memory inside. */
export function makeTransformer(transform: Transform): Transformer {
  const { channels, size, augment, resize } = transform;
  const area = size * size;
  const bytes = new Uint8Array(channels * area);
  const levels = normalisation(transform);
  let padded = planar(new Uint8Array(0), 0, 0, 0);

  const write = (flip: boolean, out: Float32Array, outOffset: number) => {
    for (let c = 0; c < channels; c++) {
      const table = levels[c]!;
      let o = outOffset + c * area;
      if (flip) {
        for (let end = (c * size + 1) * size; end <= (c + 1) * area; end += size)
          for (let p = end - 1; p >= end - size; p--) out[o++] = table[bytes[p]!]!;
      } else {
        for (let p = c * area; p < (c + 1) * area; p++) out[o++] = table[bytes[p]!]!;
      }
    }
  };

  const pad = (image: Pixels): Pixels => {
    if (augment.pad === 0) return image;
    const height = image.height + 2 * augment.pad;
    const width = image.width + 2 * augment.pad;
    if (padded.height !== height || padded.width !== width)
      padded = planar(new Uint8Array(channels * height * width), 0, height, width);
    // The border stays zero from one image to the next: only the inside is written.
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < image.height; y++) {
        let from = image.offset + c * image.channelStride + y * image.width * image.step;
        let to = (c * height + y + augment.pad) * width + augment.pad;
        for (let x = 0; x < image.width; x++) {
          padded.data[to++] = image.data[from]!;
          from += image.step;
        }
      }
    return padded;
  };

  const cropTo = (image: Pixels, top: number, left: number, height: number, width: number) => {
    for (let c = 0; c < channels; c++)
      resizePlane(box(image, c, top, left, height, width), bytes, c * area, size, size);
  };

  const augmentInto = (image: Pixels, crops: Int32Array, at: number) => {
    if (augment.crop) {
      const o = at * cropFields;
      cropTo(pad(image), crops[o]!, crops[o + 1]!, crops[o + 2]!, crops[o + 3]!);
    } else cropCentre(image);
  };

  const cropCentre = (image: Pixels) =>
    cropTo(
      image,
      roundHalfEven((image.height - size) / 2),
      roundHalfEven((image.width - size) / 2),
      size,
      size,
    );

  const evaluateInto = (image: Pixels) => {
    if (resize === 0) return cropCentre(image);
    const { height, width } = shorterSide(image.height, image.width, resize);
    const resized = new Uint8Array(channels * height * width);
    for (let c = 0; c < channels; c++)
      resizePlane(box(image, c, 0, 0, image.height, image.width), resized, c * height * width, height, width);
    cropCentre(planar(resized, 0, height, width));
  };

  return {
    augment(image, crops, at, out, outOffset) {
      augmentInto(image, crops, at);
      write(augment.flip && crops[at * cropFields + 4] === 1, out, outOffset);
    },
    evaluate(image, out, outOffset) {
      evaluateInto(image);
      write(false, out, outOffset);
    },
    augmentBytes(image, crops, at) {
      augmentInto(image, crops, at);
      const result = bytes.slice();
      if (augment.flip && crops[at * cropFields + 4] === 1)
        for (let row = 0; row < result.length; row += size) result.subarray(row, row + size).reverse();
      return result;
    },
  };
}

function box(image: Pixels, c: number, top: number, left: number, height: number, width: number): Plane {
  return {
    data: image.data,
    offset: image.offset + c * image.channelStride + (top * image.width + left) * image.step,
    rowStride: image.width * image.step,
    step: image.step,
    height,
    width,
  };
}

/** Height and width whose shorter one is `side`, the longer cut to an integer as torchvision's Resize does. */
export function shorterSide(height: number, width: number, side: number): { height: number; width: number } {
  return height < width
    ? { height: side, width: Math.trunc((side * width) / height) }
    : { height: Math.trunc((side * height) / width), width: side };
}

/** Per channel the 256 normalised values (v / 255 - mean) / std. */
function normalisation({ channels, mean, std }: Transform): Float32Array[] {
  return Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: 256 }, (_, v) => (v / 255 - mean[c]!) / std[c]!),
  );
}
