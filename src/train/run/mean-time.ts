import type { Batch, Split } from '../data/index.js';
import { noImages } from '../loop/evaluate.js';

/** Batches that are timed, at least. */
const MEASURED = 5;

/**
 * Mean seconds from batch to batch, and images a batch; the first, which builds the graph, does not count unless it is the only one.
 *
 * @param together how many batches `work` takes at once, after the first
 * @throws InputError if no batch of the split holds an image
 */
export async function meanTime(
  split: Split,
  batches: AsyncIterable<Batch>,
  work: (batches: readonly [Batch, ...Batch[]]) => Promise<unknown>,
  together: (batch: Batch) => number = () => 1,
): Promise<[seconds: number, images: number]> {
  const began = performance.now();
  let [from, images, done] = [began, 0, 0];
  let held: Batch[] = [];
  const take = async () => {
    const [first, ...more] = held;
    if (first) await work([first, ...more]);
    done += held.length;
    held = [];
  };
  for await (const batch of batches) {
    if (batch.count === 0) continue;
    held.push(batch);
    if (images === 0) {
      await take();
      [from, images, done] = [performance.now(), batch.count, 0];
      continue;
    }
    if (held.length < together(batch)) {
      // A batch's arrays are valid until the next one is asked for.
      held[held.length - 1] = { ...batch, images: batch.images.slice(), labels: batch.labels.slice() };
      continue;
    }
    await take();
    if (done >= MEASURED) break;
  }
  await take();
  if (images === 0) throw noImages(split);
  const seconds = (performance.now() - from) / 1000;
  return [done > 0 ? seconds / done : (from - began) / 1000, images];
}
