import { cropFields, roundHalfEven } from './crop.js';
import type { Transform } from './dataset.js';
import { type Plane, resizePlane, resizeThrough } from './resize.js';

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

/** Turns stored images into the network's input, one at a time; what training does allocates nothing. */
export interface Transformer {
  /**
   * Pads, crops, resizes and flips by row `at` of a crop table, then normalises into `out` [channels, size, size].
   * The crop box lies in the padded image.
   */
  augment(image: Pixels, crops: Int32Array, at: number, out: Float32Array, outOffset: number): void;
  /** Resizes the shorter side and crops the centre as the evaluation transform says, then normalises. */
  evaluate(image: Pixels, out: Float32Array, outOffset: number): void;
}

/** Makes a {@link Transformer}; each worker has its own, for the scratch memory inside. */
export function makeTransformer(transform: Transform): Transformer {
  const { channels, size, augment, resize } = transform;
  const levels = normalisation(transform);
  const pad = padder(channels, augment.pad);

  const cropInto = (
    image: Pixels,
    top: number,
    left: number,
    height: number,
    width: number,
    flip: boolean,
    out: Float32Array,
    outOffset: number,
  ) => {
    for (let c = 0; c < channels; c++)
      resizeThrough(
        box(image, c, top, left, height, width),
        flip,
        levels[c]!,
        out,
        outOffset + c * size * size,
        size,
        size,
      );
  };

  const cropCentre = (image: Pixels, flip: boolean, out: Float32Array, outOffset: number) => {
    const top = roundHalfEven((image.height - size) / 2);
    const left = roundHalfEven((image.width - size) / 2);
    cropInto(image, top, left, size, size, flip, out, outOffset);
  };

  return {
    augment(image, crops, at, out, outOffset) {
      const o = at * cropFields;
      const flip = augment.flip && crops[o + 4] === 1;
      if (!augment.crop) return cropCentre(image, flip, out, outOffset);
      const top = crops[o]!;
      const height = crops[o + 2]!;
      const padded = pad(image, top, top + height);
      cropInto(padded, top, crops[o + 1]!, height, crops[o + 3]!, flip, out, outOffset);
    },
    evaluate(image, out, outOffset) {
      if (resize === 0) return cropCentre(image, false, out, outOffset);
      const { height, width } = shorterSide(image.height, image.width, resize);
      const resized = new Uint8Array(channels * height * width);
      for (let c = 0; c < channels; c++) {
        const whole = box(image, c, 0, 0, image.height, image.width);
        resizePlane(whole, resized, c * height * width, height, width);
      }
      cropCentre(planar(resized, 0, height, width), false, out, outOffset);
    },
  };
}

/** Gives images a zero border; only the rows from `top` to `bottom` (in the padded image) are made. */
function padder(channels: number, border: number) {
  let padded = planar(new Uint8Array(0), 0, 0, 0);
  return (image: Pixels, top: number, bottom: number): Pixels => {
    if (border === 0) return image;
    const height = image.height + 2 * border;
    const width = image.width + 2 * border;
    if (padded.height !== height || padded.width !== width)
      padded = planar(new Uint8Array(channels * height * width), 0, height, width);
    const { data: to } = padded;
    const { data: from, step } = image;
    const start = Math.max(0, top - border);
    const end = Math.min(image.height, bottom - border);
    // The border stays zero from one image to the next: only the inside is written.
    for (let c = 0; c < channels; c++)
      for (let y = start; y < end; y++) {
        let p = image.offset + c * image.channelStride + y * image.width * step;
        const o = (c * height + y + border) * width + border;
        for (let x = 0; x < image.width; x++) {
          to[o + x] = from[p]!;
          p += step;
        }
      }
    return padded;
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
