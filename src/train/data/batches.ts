import type { Split } from './dataset.js';

/** Images ready for the network. The arrays are valid until the next batch is asked for. */
export interface Batch {
  /** [n, channels, height, width], normalised; n is the batch size, or fewer in an epoch's last batch, or 0 if none can be read. */
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

/**
 * Where a training loop gets its batches from. `openPipeline` makes them of a dataset; any object with these methods serves as well.
 * What `train` gives must depend on its options alone, or a resumed run differs from an uninterrupted one.
 */
export interface Batches {
  /** Training batches, epoch by epoch in order, each epoch of {@link batchesPerEpoch} batches with `index` from 0. */
  train(options: TrainOptions): AsyncIterable<Batch>;
  /** Every image of a split once, as it is; `epoch` is 0. */
  evaluate(options: EvaluateOptions): AsyncIterable<Batch>;
  /** How many batches an epoch of a split has. */
  batchesPerEpoch(options: EvaluateOptions & Pick<TrainOptions, 'last'>): number;
}
