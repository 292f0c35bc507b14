import { stream } from '../../core/rng.js';
import type { EvaluateOptions, TrainOptions } from './batches.js';
import { type Dataset, shuffled } from './dataset.js';
import type { BatchTask } from './task.js';

/** What a batch is made of, and its place. */
export interface PlacedTask {
  readonly epoch: number;
  readonly index: number;
  readonly task: Omit<BatchTask, 'memory'>;
}

/** How many batches an epoch of `count` images has. */
export function batchesOf(count: number, batch: number, last: TrainOptions['last'] = 'keep'): number {
  return last === 'drop' ? Math.floor(count / batch) : Math.ceil(count / batch);
}

/** The tasks of training, epoch by epoch: the order of an epoch follows from seed and epoch alone. */
export function* trainTasks(
  dataset: Dataset,
  { seed, batch, epochs, from, last }: TrainOptions,
): Generator<PlacedTask> {
  const split = dataset.indices('train');
  const steps = batchesOf(split.length, batch, last);
  for (let epoch = from?.epoch ?? 0; epoch < epochs; epoch++) {
    const order = shuffled(split.length, stream(seed, 'order', epoch).uniform);
    for (let index = epoch === from?.epoch ? from.batch : 0; index < steps; index++) {
      const ranks = order.slice(index * batch, (index + 1) * batch);
      yield { epoch, index, task: taskOf(dataset, split, ranks, { seed, epoch }) };
    }
  }
}

/** The tasks of an evaluation: a split's images in their order. */
export function* evaluateTasks(dataset: Dataset, { split, batch }: EvaluateOptions): Generator<PlacedTask> {
  const indices = dataset.indices(split);
  for (let index = 0; index * batch < indices.length; index++) {
    const start = index * batch;
    const ranks = Int32Array.from({ length: Math.min(batch, indices.length - start) }, (_, i) => start + i);
    yield { epoch: 0, index, task: taskOf(dataset, indices, ranks, null) };
  }
}

/** @param ranks places of the images in their split */
function taskOf(
  { source, labels }: Dataset,
  split: Int32Array,
  ranks: Int32Array,
  at: { seed: number; epoch: number } | null,
): PlacedTask['task'] {
  const indices = ranks.map((rank) => split[rank]!);
  return {
    indices,
    labels: indices.map((i) => labels[i]!),
    files: source.kind === 'files' ? Array.from(indices, (i) => source.files[i]!) : null,
    augment: at === null ? null : { ...at, ranks },
  };
}

/** A task in pieces of at most `most` images, in order. */
export function piecesOf(task: PlacedTask['task'], most: number): PlacedTask['task'][] {
  const { indices, labels, files, augment } = task;
  return Array.from({ length: Math.ceil(indices.length / most) }, (_, i) => {
    const [start, end] = [i * most, (i + 1) * most];
    return {
      indices: indices.slice(start, end),
      labels: labels.slice(start, end),
      files: files?.slice(start, end) ?? null,
      augment: augment && { ...augment, ranks: augment.ranks.slice(start, end) },
    };
  });
}
