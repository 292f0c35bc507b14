import type { Piscina } from 'piscina';
import { InputError, requireInteger } from '../../core/errors.js';
import { stream } from '../../core/rng.js';
import { type Dataset, type Split, shuffled } from './dataset.js';
import type { Unreadable } from './decode.js';
import { defaultThreads, makePool } from './pool.js';
import type { BatchResult, BatchTask, WorkerSetup } from './task.js';

/** Images ready for the network. The arrays are valid until the next batch is asked for. */
export interface Batch {
  /** [n, channels, size, size], normalised; n is the batch size, or fewer in an epoch's last batch, or 0 if none can be read. */
  readonly images: Float32Array;
  /** [n], classes from 0. */
  readonly labels: Int32Array;
  /**
   * The first `count` images are the batch's. Unreadable ones are replaced by others of their batch: in training these count,
   * in an evaluation they only fill the batch.
   */
  readonly count: number;
  /** From 0. */
  readonly epoch: number;
  /** Place in the epoch, from 0. */
  readonly index: number;
}

/** A place between batches: `batch` batches of `epoch` are done. */
export interface Position {
  readonly epoch: number;
  readonly batch: number;
}

export interface TrainOptions {
  /** Seeds the order and the augmentation. */
  readonly seed: number;
  /** Images in a batch. */
  readonly batch: number;
  /** The iteration ends with epoch `epochs` - 1. */
  readonly epochs: number;
  /** Where to start; by default at the beginning. */
  readonly from?: Position;
  /** Whether an epoch's last, short batch is given ('keep', the default) or left out ('drop'). */
  readonly last?: 'keep' | 'drop';
}

export interface EvaluateOptions {
  readonly split: Split;
  readonly batch: number;
}

export interface PipelineOptions {
  /** Worker threads; by default 1 for images in memory, all cores but one for image files. Batches do not depend on it. */
  readonly workers?: number;
  /** An image that cannot be read stops the iteration with an error, or is replaced by another of its batch and listed. */
  readonly unreadable?: 'stop' | 'skip';
}

/** Batches of a dataset, made in worker threads ahead of their use. */
export interface Pipeline {
  /** Shuffled and augmented training batches. Order and augmentation depend on seed, epoch and image alone. */
  train(options: TrainOptions): AsyncGenerator<Batch, void, undefined>;
  /** Every image of a split once, in order, as it is. */
  evaluate(options: EvaluateOptions): AsyncGenerator<Batch, void, undefined>;
  /** How many batches an epoch of a split has. */
  batchesPerEpoch(options: EvaluateOptions & Pick<TrainOptions, 'last'>): number;
  /** Images left out so far, in no fixed order, each once. */
  unreadable(): readonly Unreadable[];
  /** Ends the worker threads. */
  close(): Promise<void>;
}

/** Memory for batches made ahead, and their number whatever their size. */
const aheadBytes = 512 * 2 ** 20;
const aheadMost = 6;

/** Opens a {@link Pipeline}; close it when done, or its threads keep the process alive. */
export async function openPipeline(dataset: Dataset, options: PipelineOptions = {}): Promise<Pipeline> {
  const { source, transform, channels, size } = dataset;
  const threads =
    options.workers === undefined
      ? defaultThreads(source.kind === 'files')
      : requireInteger('workers', options.workers, 1, 256);
  const setup: WorkerSetup = {
    transform,
    pixels: source.kind === 'pixels' ? source.pixels : null,
    trainCount: dataset.count('train'),
  };
  const pool = makePool(threads, setup);
  const area = channels * size * size;
  const leftOut = new Map<string, Unreadable>();
  const spare: ArrayBuffer[] = [];
  const memory = (bytes: number) => {
    const found = spare.findIndex((m) => m.byteLength === bytes);
    return found < 0 ? new ArrayBuffer(bytes) : spare.splice(found, 1)[0]!;
  };

  async function* deliver(tasks: Iterator<Planned>, batch: number): AsyncGenerator<Batch, void, undefined> {
    const bytes = batch * area * 4;
    const ahead = Math.max(threads + 1, Math.min(aheadMost, Math.floor(aheadBytes / bytes)));
    const queue: { readonly plan: Planned; readonly result: Promise<BatchResult> }[] = [];
    const refill = () => {
      while (queue.length < ahead) {
        const next = tasks.next();
        if (next.done) return;
        const plan = next.value;
        const task: BatchTask = { ...plan.task, memory: memory(bytes) };
        const result: Promise<BatchResult> = pool.run(task, { transferList: [task.memory] });
        // Awaited in order below; until then a failure must not count as unhandled.
        result.catch(() => {});
        queue.push({ plan, result });
      }
    };
    try {
      refill();
      while (queue.length > 0) {
        const { plan, result } = queue.shift()!;
        const made = await result;
        for (const one of made.unreadable) leftOut.set(one.file, one);
        if (made.unreadable.length > 0 && options.unreadable !== 'skip')
          throw cannotRead(made.unreadable[0]!);
        const { labels, count } = made;
        const images = new Float32Array(made.memory, 0, labels.length * area);
        yield { images, labels, count, epoch: plan.epoch, index: plan.index };
        if (spare.length < 2 * ahead) spare.push(made.memory);
        refill();
      }
    } finally {
      for (const { result } of queue) result.then((made) => spare.push(made.memory)).catch(() => {});
    }
  }

  const files = (indices: Int32Array) =>
    source.kind === 'files' ? Array.from(indices, (i) => source.files[i]!) : null;

  function task(split: Int32Array, ranks: Int32Array, at: { seed: number; epoch: number } | null) {
    const indices = ranks.map((rank) => split[rank]!);
    const labels = indices.map((i) => dataset.labels[i]!);
    return { indices, labels, files: files(indices), augment: at === null ? null : { ...at, ranks } };
  }

  const batchesPerEpoch: Pipeline['batchesPerEpoch'] = ({ split, batch, last }) =>
    last === 'drop' ? Math.floor(dataset.count(split) / batch) : Math.ceil(dataset.count(split) / batch);

  function* trainTasks({ seed, batch, epochs, from, last }: TrainOptions): Generator<Planned> {
    const split = dataset.indices('train');
    const steps = batchesPerEpoch({ split: 'train', batch, ...(last === undefined ? {} : { last }) });
    for (let epoch = from?.epoch ?? 0; epoch < epochs; epoch++) {
      const order = shuffled(split.length, stream(seed, 'order', epoch).uniform);
      for (let index = epoch === from?.epoch ? from.batch : 0; index < steps; index++) {
        const ranks = order.slice(index * batch, (index + 1) * batch);
        yield { epoch, index, task: task(split, ranks, { seed, epoch }) };
      }
    }
  }

  function* evaluateTasks({ split, batch }: EvaluateOptions): Generator<Planned> {
    const indices = dataset.indices(split);
    for (let index = 0; index * batch < indices.length; index++) {
      const start = index * batch;
      const ranks = Int32Array.from({ length: Math.min(batch, indices.length - start) }, (_, i) => start + i);
      yield { epoch: 0, index, task: task(indices, ranks, null) };
    }
  }

  return {
    train(train) {
      requireInteger('batch', train.batch, 1, 65536);
      requireInteger('epochs', train.epochs, 0, 1e9);
      return deliver(trainTasks(train), train.batch);
    },
    evaluate(evaluate) {
      requireInteger('batch', evaluate.batch, 1, 65536);
      return deliver(evaluateTasks(evaluate), evaluate.batch);
    },
    batchesPerEpoch,
    unreadable: () => [...leftOut.values()],
    close: () => closePool(pool),
  };
}

interface Planned {
  readonly epoch: number;
  readonly index: number;
  readonly task: Omit<BatchTask, 'memory'>;
}

async function closePool(pool: Piscina): Promise<void> {
  // Not destroy: a result that arrives while it runs is an unhandled error of the pool.
  await pool.close({ force: true });
}

function cannotRead({ file, reason }: Unreadable): InputError {
  return new InputError(
    file,
    `cannot be read as an image (${reason})`,
    'replace the file, or ask for unreadable images to be left out',
  );
}
