import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { stream } from '../../core/rng.js';
import { cropFields, drawCrop } from './crop.js';
import type { Transform } from './dataset.js';
import type { Unreadable } from './decode.js';
import { makeTransformer, type Pixels, planar } from './transform.js';

/** What a worker knows from the start. */
export interface WorkerSetup {
  readonly transform: Transform;
  /** Shared pixels [image, channel, size, size]; null where images are files. */
  readonly pixels: Uint8Array | null;
  /** Images in the training split: the length of an epoch's crop table. */
  readonly trainCount: number;
}

/** One batch to make. */
export interface BatchTask {
  /** Memory for the images, given back in the result. */
  readonly memory: ArrayBuffer;
  /** Image indices in the whole set. */
  readonly indices: Int32Array;
  /** Their classes. */
  readonly labels: Int32Array;
  /** Their files; null where images are in memory. */
  readonly files: readonly string[] | null;
  /** Training: where the crops are drawn, and the images' places in the training split. Evaluation: null. */
  readonly augment: { readonly seed: number; readonly epoch: number; readonly ranks: Int32Array } | null;
}

/** A batch made: the first `labels.length` images of `memory`. */
export interface BatchResult {
  readonly memory: ArrayBuffer;
  readonly labels: Int32Array;
  readonly unreadable: readonly Unreadable[];
}

const setup = workerData as WorkerSetup;
const { transform, pixels, trainCount } = setup;
const transformer = makeTransformer(transform);
const { channels, size } = transform;
const area = channels * size * size;
const { pad } = transform.augment;
const draws = transform.augment.crop || transform.augment.flip;

/** Decodings under way at once in one worker: the next image is read while this one is resized. */
const inFlight = 4;

/**
 * Makes one batch. The address of its random numbers is in the task, so any worker makes the same one; the
 * result's memory goes back without a copy.
 */
export default async function makeBatch(task: BatchTask): Promise<object> {
  const out = new Float32Array(task.memory);
  const { files } = task;
  const { labels, unreadable } = files === null ? fromMemory(task, out) : await fromFiles(task, files, out);
  const result: BatchResult = { memory: task.memory, labels, unreadable };
  return move({ [transferableSymbol]: task.memory, [valueSymbol]: result });
}

type Made = Pick<BatchResult, 'labels' | 'unreadable'>;

function fromMemory({ indices, labels, augment }: BatchTask, out: Float32Array): Made {
  const crops = augment === null || !draws ? noCrops : epochCrops(augment.seed, augment.epoch);
  for (let i = 0; i < indices.length; i++) {
    const image = planar(pixels!, indices[i]! * area, size, size);
    if (augment === null) transformer.evaluate(image, out, i * area);
    else transformer.augment(image, crops, augment.ranks[i]!, out, i * area);
  }
  return { labels, unreadable: [] };
}

const noCrops = new Int32Array(cropFields);
let table = { seed: -1, epoch: -1, crops: noCrops };

/** Crops of a whole epoch from one stream, in the order of the training split: images of one size need no stream each. */
function epochCrops(seed: number, epoch: number): Int32Array {
  if (table.seed !== seed || table.epoch !== epoch) {
    const numbers = stream(seed, 'augment', epoch);
    const side = size + 2 * transform.augment.pad;
    const crops = new Int32Array(trainCount * cropFields);
    for (let i = 0; i < trainCount; i++) drawCrop(numbers, side, side, crops, i * cropFields);
    table = { seed, epoch, crops };
  }
  return table.crops;
}

async function fromFiles(task: BatchTask, files: readonly string[], out: Float32Array): Promise<Made> {
  const { decodeImage } = await import('./decode.js');
  const { labels, augment } = task;
  const crop = new Int32Array(cropFields);
  const reading = new Map<number, Promise<Pixels | Error>>();
  const read = (i: number) => {
    if (i < files.length)
      reading.set(
        i,
        decodeImage(files[i]!, channels).catch((error: Error) => error),
      );
  };
  for (let i = 0; i < inFlight; i++) read(i);
  const unreadable: Unreadable[] = [];
  const kept: number[] = [];
  const place = (image: Pixels, i: number) => {
    if (augment === null) transformer.evaluate(image, out, kept.length * area);
    else {
      if (draws) {
        const numbers = stream(augment.seed, 'augment', augment.epoch, augment.ranks[i]!);
        drawCrop(numbers, image.height + 2 * pad, image.width + 2 * pad, crop, 0);
      }
      transformer.augment(image, crop, 0, out, kept.length * area);
    }
    kept.push(i);
  };
  for (let i = 0; i < files.length; i++) {
    const image = await reading.get(i)!;
    reading.delete(i);
    read(i + inFlight);
    if (image instanceof Error) unreadable.push({ file: files[i]!, reason: image.message });
    else place(image, i);
  }
  // A training step wants full batches: readable images of the same batch stand in for the ones left out.
  if (augment !== null && kept.length > 0)
    for (let i = 0; kept.length < files.length; i++) {
      out.copyWithin(kept.length * area, i * area, (i + 1) * area);
      kept.push(kept[i]!);
    }
  return { labels: Int32Array.from(kept, (i) => labels[i]!), unreadable };
}
