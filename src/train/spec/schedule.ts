/** What the learning rate of every epoch follows from. */
export interface ScheduleSpec {
  readonly epochs: number;
  /** lr0, the largest rate. */
  readonly learningRate: number;
  /** First epochs, in which the rate rises linearly. */
  readonly warmup: number;
  /** Last epochs, at `finalRate`. */
  readonly finalEpochs: number;
  readonly finalRate: number;
}

/**
 * The learning rate of an epoch (from 0): lr0 (e + 1) / warmup while e < warmup; `finalRate` in the last `finalEpochs`; between
 * them lr0 (1 + cos(pi i / n)) / 2 in the i-th of n epochs, i from 0. It changes from epoch to epoch, not within one.
 */
export function learningRateAt(spec: ScheduleSpec, epoch: number): number {
  const { epochs, learningRate, warmup, finalEpochs, finalRate } = spec;
  if (!(Number.isInteger(epoch) && epoch >= 0 && epoch < epochs))
    throw new RangeError(`epoch ${epoch} of ${epochs}`);
  if (epoch < warmup) return (learningRate * (epoch + 1)) / warmup;
  if (epoch >= epochs - finalEpochs) return finalRate;
  const n = epochs - finalEpochs - warmup;
  return (learningRate * (1 + Math.cos((Math.PI * (epoch - warmup)) / n))) / 2;
}

/** What the pruned fraction of every epoch follows from. */
export interface SparsityRamp {
  /** p, reached in epoch `ramp` - 1 and kept from there on. */
  readonly sparsity: number;
  /** First epochs, in which the fraction rises by equal steps. */
  readonly ramp: number;
}

/** The pruned fraction of an epoch (from 0): p (e + 1) / ramp while e < ramp, then p. It changes from epoch to epoch, not within one. */
export const sparsityAt = ({ sparsity, ramp }: SparsityRamp, epoch: number): number =>
  epoch + 1 < ramp ? (sparsity * (epoch + 1)) / ramp : sparsity;
