import { workerData } from 'piscina';
import { stream } from '../../core/rng.js';
import { cropFields, drawCrop } from './crop.js';
import { decodeImage, type Unreadable } from './decode.js';
import { type BatchTask, sent, type WorkerSetup } from './task.js';
import { makeTransformer, type Pixels } from './transform.js';

const { transform } = workerData as WorkerSetup;
const { channels, size } = transform;
const { pad } = transform.augment;
const area = channels * size * size;
const transformer = makeTransformer(transform);
const crop = new Int32Array(cropFields);

/** Decodings under way at once in one worker: the next images are read while this one is resized. */
const inFlight = 4;

/** Makes a batch of image files, the readable ones one after the other. The address of its random numbers is in the task: any worker makes the same one. */
export default async function makeBatch({ memory, labels, files, augment }: BatchTask): Promise<object> {
  const out = new Float32Array(memory);
  const kept: number[] = [];
  const unreadable: Unreadable[] = [];
  for await (const [i, image] of decodeInOrder(files!)) {
    const at = kept.length * area;
    if (image instanceof Error) unreadable.push({ file: files![i]!, reason: image.message });
    else {
      kept.push(i);
      if (augment === null) transformer.evaluate(image, out, at);
      else {
        // Images differ in size, so each has a stream of its own.
        const numbers = stream(augment.seed, 'augment', augment.epoch, augment.ranks[i]!);
        drawCrop(numbers, image.height + 2 * pad, image.width + 2 * pad, crop, 0);
        transformer.augment(image, crop, 0, out, at);
      }
    }
  }
  return sent({ memory, labels: Int32Array.from(kept, (i) => labels[i]!), unreadable });
}

async function* decodeInOrder(files: readonly string[]): AsyncGenerator<[number, Pixels | Error]> {
  const decode = (file: string) => decodeImage(file, channels).catch((error: Error) => error);
  const ahead = files.slice(0, inFlight).map(decode);
  for (let i = 0; i < files.length; i++) {
    const image = await ahead.shift()!;
    if (i + inFlight < files.length) ahead.push(decode(files[i + inFlight]!));
    yield [i, image];
  }
}
