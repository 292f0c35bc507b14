import { isAugmentFile, replayAugmentation } from '../data/replay.js';
import type { VectorKind } from './kind.js';

/** Crops and flips of images by another implementation: every 8-bit value may differ by one level. */
export const augmentationVectors: VectorKind = {
  name: 'augmentation',
  matches: isAugmentFile,
  async replay(file, name) {
    const { images, values, differing, largest } = replayAugmentation(file, name);
    return {
      measure: 'largest difference in levels of 0 ... 255',
      deviations: [{ quantity: `${images} images`, deviation: largest, tolerance: 1 }],
      notes: [`${differing} of ${values} values differ`],
    };
  },
};
