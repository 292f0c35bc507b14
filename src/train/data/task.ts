import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Transform } from './dataset.js';
import type { Unreadable } from './decode.js';

/** What a worker knows from the start. */
export interface WorkerSetup {
  readonly transform: Transform;
  /** Shared pixels [image, channel, size, size]; null where images are files. */
  readonly pixels: Uint8Array | null;
  /** Images in the training split: the length of an epoch's crop table. */
  readonly trainCount: number;
}

/** One batch, or a piece of one, to make. */
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

/** What was made: the readable images, the first `labels.length` of `memory`. */
export interface BatchResult {
  readonly memory: ArrayBuffer;
  readonly labels: Int32Array;
  readonly unreadable: readonly Unreadable[];
}

/** A result of a worker that goes back without a copy of its memory. */
export function sent(result: BatchResult): object {
  return move({ [transferableSymbol]: result.memory, [valueSymbol]: result });
}
