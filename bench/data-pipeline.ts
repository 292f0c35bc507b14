import { availableParallelism } from 'node:os';
import { stream } from '../src/core/rng.js';
import { cifarTransform } from '../src/train/data/cifar10/open.js';
import { cropFields, drawCrop } from '../src/train/data/crop.js';
import { type Dataset, memoryDataset, sharedBytes, splitOff } from '../src/train/data/dataset.js';
import { imagenetOptions, openFolder } from '../src/train/data/folder.js';
import { openPipeline } from '../src/train/data/pipeline.js';
import { makeTransformer, planar } from '../src/train/data/transform.js';
import type { Benchmark } from './lib/benchmark.js';

const batch = 128;
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Noise in CIFAR-10's shape and number: its speed does not depend on what the pixels show. */
function noise(): Dataset {
  const total = 60_000;
  const pixels = sharedBytes(total * 3072);
  const { uint32 } = stream(1, 'bench');
  const words = new Uint32Array(pixels.buffer);
  for (let i = 0; i < words.length; i++) words[i] = uint32();
  const { rest, taken } = splitOff(50_000, 5_000, 'bench');
  return memoryDataset({
    name: 'noise',
    fingerprint: '',
    classes: [...'0123456789'],
    transform: cifarTransform,
    pixels,
    labels: new Int32Array(total),
    splits: {
      train: rest,
      validation: taken,
      test: Int32Array.from({ length: 10_000 }, (_, i) => 50_000 + i),
    },
  });
}

/** Microseconds of one thread per augmented image. */
function transformTime({ source }: Dataset): number {
  if (source.kind !== 'pixels') throw new Error('made in memory');
  const transformer = makeTransformer(cifarTransform);
  const out = new Float32Array(batch * 3072);
  const count = 20_000;
  const crops = new Int32Array(count * cropFields);
  const numbers = stream(1, 'bench crops');
  for (let i = 0; i < count; i++) drawCrop(numbers, 40, 40, crops, i * cropFields);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < count; i++)
      transformer.augment(planar(source.pixels, i * 3072, 32, 32), crops, i, out, (i % batch) * 3072);
    best = Math.min(best, ((performance.now() - start) * 1000) / count);
  }
  return best;
}

/** Images per second that come out of a pipeline nobody waits for, after its first batches. */
async function rate(dataset: Dataset, workers: number, seconds: number): Promise<number> {
  const pipeline = await openPipeline(dataset, { workers });
  let images = 0;
  let start = 0;
  let batches = 0;
  for await (const { count } of pipeline.train({ seed: 1, batch, epochs: 1000, last: 'drop' })) {
    if (++batches === 20) start = performance.now();
    if (batches > 20) images += count;
    if (batches > 20 && performance.now() - start > seconds * 1000) break;
  }
  const result = (images * 1000) / (performance.now() - start);
  await pipeline.close();
  return result;
}

export const benchmark: Benchmark = {
  description: 'images/s of the data pipeline alone; [ROOT] of an image folder to measure decoding too',
  async run([root]) {
    say(`${availableParallelism()} cores, Node ${process.version}`);
    const dataset = noise();
    say(`CIFAR-10's augmentation: ${transformTime(dataset).toFixed(1)} us of one thread per image`);
    for (const workers of [1, 2])
      say(`pipeline, ${workers} worker(s): ${(await rate(dataset, workers, 4)).toFixed(0)} images/s`);
    if (root === undefined) return;
    const folder = await openFolder(root, imagenetOptions, { contents: false });
    for (const workers of [1, 2])
      say(
        `image files at 224 pixels, ${workers} worker(s): ${(await rate(folder, workers, 8)).toFixed(0)} images/s`,
      );
  },
};
