import { InputError } from '../../core/errors.js';
import type { Batches, Split } from '../data/index.js';
import type { Engine } from '../engines/engine.js';

/** How a network does on a split. */
export interface Score {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** hits / examples. */
  readonly accuracy: number;
  /** Examples whose largest logit is their label's. */
  readonly hits: number;
  readonly examples: number;
}

/**
 * Scores the engine's network on every image of a split, `batch` images at a time.
 *
 * @throws InputError if the split has no image, or none that can be read
 */
export async function evaluateSplit(
  engine: Engine,
  batches: Pick<Batches, 'evaluate'>,
  split: Split,
  batch: number,
): Promise<Score> {
  let [loss, hits, examples] = [0, 0, 0];
  for await (const { images, labels, count } of batches.evaluate({ split, batch })) {
    if (count === 0) continue;
    const result = await engine.evaluate(images, labels, count);
    loss += result.loss * count;
    hits += result.hits;
    examples += count;
  }
  if (examples === 0) throw noImages(split);
  return { loss: loss / examples, accuracy: hits / examples, hits, examples };
}

/** There is nothing in a split to take a mean over. */
export function noImages(split: Split): InputError {
  return new InputError(
    `the ${split} split`,
    'holds no image that can be read',
    "look at the data with 'iterand data check', and add or replace images",
  );
}
