import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { requireImage } from './image-kind.js';
import type { Pixels } from './transform.js';

/** An image file that could not be read, and the decoder's reason. */
export interface Unreadable {
  readonly file: string;
  readonly reason: string;
}

// One decoding per thread of libuv's pool: threads inside a decoding only contend with the training step.
sharp.concurrency(1);
sharp.cache(false);

/**
 * Decodes an image file (JPEG, PNG, WebP, GIF, TIFF or AVIF, told by its content and not its name) to 8-bit RGB or grey.
 * As PIL's convert('RGB'): grey is repeated, CMYK converted, transparency dropped, colour profiles and the
 * orientation tag ignored.
 *
 * @throws Error with the decoder's reason if the file is missing, truncated or no image of these kinds
 */
export async function decodeImage(file: string | Uint8Array, channels: number): Promise<Pixels> {
  const bytes = typeof file === 'string' ? await readFile(file) : file;
  requireImage(bytes);
  const { data, info } = await sharp(bytes, { failOn: 'error', ignoreIcc: true })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels: step } = info;
  // A grey file may stay in one channel: the same values then serve all three.
  return { data, offset: 0, channelStride: step < channels ? 0 : 1, step, height, width };
}
