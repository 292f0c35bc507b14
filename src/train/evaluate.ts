import type { Pipeline, Split } from './data/index.js';
import type { Engine } from './engines/engine.js';

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

/** Scores the engine's network on every image of a split, `batch` images at a time. */
export async function evaluateSplit(
  engine: Engine,
  pipeline: Pipeline,
  split: Split,
  batch: number,
): Promise<Score> {
  let [loss, hits, examples] = [0, 0, 0];
  for await (const { images, labels, count } of pipeline.evaluate({ split, batch })) {
    const result = await engine.evaluate(images, labels);
    loss += result.loss * count;
    hits += result.hits;
    examples += count;
  }
  return { loss: loss / examples, accuracy: hits / examples, hits, examples };
}
