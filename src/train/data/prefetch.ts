import type { Batch } from './batches.js';
import type { Unreadable } from './decode.js';
import type { BatchResult, BatchTask } from './task.js';
import { type PlacedTask, piecesOf } from './tasks.js';

/** How batches are made ahead of their use. */
export interface Ahead {
  /** Batches in the making at a time, at least 1. */
  readonly batches: number;
  /** Images that a worker makes at a time: a whole batch, or a piece of one where few batches must keep many threads busy. */
  readonly images: number;
}

/** Batches made ahead whatever their size: where steps take about as long as batches, six even out both. */
const fewest = 6;

/**
 * What fits in `memory` bytes together with the batch in use, and keeps all threads busy. A batch larger than half of `memory` still is
 * made while the one before is used.
 *
 * @param bytes of one image
 */
export function aheadFor(batch: number, bytes: number, threads: number, memory: number): Ahead {
  const fit = Math.floor(memory / (batch * bytes)) - 1;
  const batches = Math.max(1, Math.min(Math.max(threads + 1, fewest), fit));
  // A worker holds two tasks, so that it goes on while a training step holds the main thread.
  const pieces = batches > threads ? 1 : Math.ceil((2 * threads) / batches);
  return { batches, images: Math.ceil(batch / pieces) };
}

/** A batch made, and what of it could not be read. */
export interface Made extends Batch {
  readonly unreadable: readonly Unreadable[];
}

/**
 * Makes batches ahead, and gives them in order. Its memory, `ahead.batches` and one batch more, is taken as needed and used again.
 *
 * @param area values of one image
 * @param make has a worker make a task; the memory goes to it, and comes back in the result
 */
export async function* prefetch(
  tasks: Iterator<PlacedTask>,
  ahead: Ahead,
  area: number,
  make: (task: BatchTask) => Promise<BatchResult>,
): AsyncGenerator<Made, void, undefined> {
  const bytes = 4 * area * ahead.images;
  const spare: ArrayBuffer[] = [];
  const queue: { readonly placed: PlacedTask; readonly pieces: Promise<BatchResult[]> }[] = [];
  let joined = new Float32Array(0);
  const refill = () => {
    while (queue.length < ahead.batches) {
      const next = tasks.next();
      if (next.done) return;
      const pieces = Promise.all(
        piecesOf(next.value.task, ahead.images).map((task) =>
          make({ ...task, memory: spare.pop() ?? new ArrayBuffer(bytes) }),
        ),
      );
      // Awaited in order below; until then a failure must not count as unhandled.
      pieces.catch(() => {});
      queue.push({ placed: next.value, pieces });
    }
  };
  refill();
  for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
    const { placed, pieces } = head;
    const made = await pieces;
    const whole = made.length === 1;
    const size = placed.task.labels.length * area;
    if (!whole && joined.length < size) joined = new Float32Array(size);
    const images = whole ? new Float32Array(made[0]!.memory, 0, size) : joined.subarray(0, size);
    if (!whole) {
      join(made, images, area);
      spare.push(...made.map(({ memory }) => memory));
      refill();
    }
    const unreadable = made.flatMap((piece) => piece.unreadable);
    const filled = fill(
      images,
      made.flatMap((piece) => [...piece.labels]),
      placed.task.labels.length,
      area,
    );
    const { epoch, index } = placed;
    // In training the filling counts as images of the batch, in an evaluation it does not.
    const count = placed.task.augment === null ? filled.readable : filled.labels.length;
    yield {
      images: images.subarray(0, filled.labels.length * area),
      labels: filled.labels,
      count,
      epoch,
      index,
      unreadable,
    };
    if (whole) spare.push(made[0]!.memory);
    refill();
  }
}

/** Puts the readable images of pieces one after the other. */
function join(pieces: readonly BatchResult[], images: Float32Array, area: number): void {
  let at = 0;
  for (const { memory, labels } of pieces) {
    images.set(new Float32Array(memory, 0, labels.length * area), at * area);
    at += labels.length;
  }
}

/**
 * Fills a batch up with its readable images, so that one graph serves all: they stand in for the unreadable ones. A batch without
 * readable images is empty.
 */
function fill(images: Float32Array, labels: readonly number[], size: number, area: number) {
  const readable = labels.length;
  const full = new Int32Array(readable === 0 ? 0 : size);
  full.set(labels);
  for (let i = 0; readable > 0 && readable + i < size; i++) {
    images.copyWithin((readable + i) * area, i * area, (i + 1) * area);
    full[readable + i] = full[i]!;
  }
  return { labels: full, readable };
}
