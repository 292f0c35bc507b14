import type { Piscina } from 'piscina';
import { InputError, requireInteger } from '../../core/errors.js';
import type { Batch, Batches, EvaluateOptions, TrainOptions } from './batches.js';
import { type Dataset, requireDataset, type Split } from './dataset.js';
import type { Unreadable } from './decode.js';
import { defaultThreads, makePool } from './pool.js';
import { aheadFor, prefetch } from './prefetch.js';
import type { BatchResult, BatchTask, WorkerSetup } from './task.js';
import { batchesOf, evaluateTasks, type PlacedTask, trainTasks } from './tasks.js';

export interface PipelineOptions {
  /** Worker threads; by default 1 for images in memory, all cores but one for image files. Batches do not depend on it. */
  readonly workers?: number;
  /** An image that cannot be read stops the iteration with an error, or is replaced by another of its batch and listed. */
  readonly unreadable?: 'stop' | 'skip';
  /**
   * Bytes for the batches of training and evaluation together, made ahead and in use; default 512 MiB. Two batches of each, the least
   * there are, may exceed it. Batches do not depend on it.
   */
  readonly memory?: number;
}

/** Batches of a dataset, made in worker threads ahead of their use. */
export interface Pipeline extends Batches {
  /** Shuffled and augmented training batches. Order and augmentation depend on seed, epoch and image alone. */
  train(options: TrainOptions): AsyncGenerator<Batch, void, undefined>;
  /** Every image of a split once, in order, as it is. */
  evaluate(options: EvaluateOptions): AsyncGenerator<Batch, void, undefined>;
  /** Images left out so far, in no fixed order, each once. */
  unreadable(): readonly Unreadable[];
  /** Ends the worker threads. */
  close(): Promise<void>;
}

/**
 * Opens a {@link Pipeline}; close it when done, or its threads keep the process alive.
 *
 * @throws InputError for a dataset whose parts do not fit, or workers that are no integer from 1 to 256
 */
export async function openPipeline(dataset: Dataset, options: PipelineOptions = {}): Promise<Pipeline> {
  const { source, transform, channels, size } = requireDataset(dataset);
  const threads =
    options.workers === undefined
      ? defaultThreads(source.kind === 'files')
      : requireInteger('workers', options.workers, 1, 256);
  const memory = requireInteger('memory', options.memory ?? 512 * 2 ** 20, 1, Number.MAX_SAFE_INTEGER);
  const setup: WorkerSetup = {
    transform,
    pixels: source.kind === 'pixels' ? source.pixels : null,
    trainCount: dataset.count('train'),
  };
  const pool = makePool(threads, setup);
  const area = channels * size * size;
  const leftOut = new Map<string, Unreadable>();
  const make = (task: BatchTask): Promise<BatchResult> => pool.run(task, { transferList: [task.memory] });

  // Of a split smaller than a batch, all.
  const largest = (split: Split, batch: number) => Math.max(1, Math.min(batch, dataset.count(split)));

  async function* deliver(
    tasks: Iterator<PlacedTask>,
    batch: number,
  ): AsyncGenerator<Batch, void, undefined> {
    // Half for training, half for the evaluation between its epochs.
    const ahead = aheadFor(batch, 4 * area, threads, memory / 2);
    for await (const { unreadable, ...made } of prefetch(tasks, ahead, area, make)) {
      for (const one of unreadable) leftOut.set(one.file, one);
      if (unreadable.length > 0 && options.unreadable !== 'skip') throw cannotRead(unreadable[0]!);
      yield made;
    }
  }

  return {
    train(train) {
      requireInteger('batch', train.batch, 1, 65536);
      requireInteger('epochs', train.epochs, 0, 1e9);
      return deliver(trainTasks(dataset, train), largest('train', train.batch));
    },
    evaluate(evaluate) {
      requireInteger('batch', evaluate.batch, 1, 65536);
      return deliver(evaluateTasks(dataset, evaluate), largest(evaluate.split, evaluate.batch));
    },
    batchesPerEpoch: ({ split, batch, last }) => batchesOf(dataset.count(split), batch, last),
    unreadable: () => [...leftOut.values()],
    close: () => closePool(pool),
  };
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
