import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { stream } from '../src/core/rng.js';

/** An image folder of two classes, dark and bright noise of 8x8 pixels: 20 training, 4 validation and 4 test images of each. */
export async function writeImages(folder: string): Promise<void> {
  const draw = stream(3, 'images').uniform;
  for (const [split, count] of Object.entries({ train: 20, val: 4, test: 4 }))
    for (const [label, least] of Object.entries({ dark: 0, bright: 90 })) {
      const path = join(folder, split, label);
      mkdirSync(path, { recursive: true });
      for (let i = 0; i < count; i++) {
        const raw = { width: 8, height: 8, channels: 3 } as const;
        const pixels = Uint8Array.from({ length: 192 }, () => least + Math.floor(160 * draw()));
        await sharp(pixels, { raw })
          .png()
          .toFile(join(path, `${i}.png`));
      }
    }
}
