import type { Batch, Batches, Split } from '../data/index.js';
import { type Engine, NonFiniteLossError, norms, type StepResult } from '../engines/engine.js';
import { type NoiseSource, noiseOfStep } from '../prune/noise.js';
import { learningRateAt, type ScheduleSpec, type SparsityRamp, sparsityAt } from '../spec/schedule.js';
import type { LoopCallbacks, StepRecord } from './callbacks.js';
import { evaluateSplit, noImages, type Score } from './evaluate.js';
import type { Refresher } from './refresher.js';

/** What a loop trains with. */
export interface LoopParts {
  readonly engine: Engine;
  /** Where the batches come from. */
  readonly pipeline: Batches;
  readonly schedule: ScheduleSpec;
  /** Images in a training batch. */
  readonly batch: number;
  /** Images in a batch of the validation split. */
  readonly evaluationBatch: number;
  /** Of the order, the augmentation and the noise of drawn masks. */
  readonly seed: number;
  /** What changes pruned weights. */
  readonly refresher?: Refresher | undefined;
  /** The pruned fraction of every epoch; without it the engine keeps the one it has. */
  readonly ramp?: SparsityRamp | undefined;
  /** Aborted: no more batches are collected for steps taken together. What stops the loop is a callback. */
  readonly signal?: AbortSignal | undefined;
}

/** Where a loop stands between two steps; saved, it can be continued from. */
export interface LoopStanding {
  /** The next batch. */
  position: { epoch: number; batch: number };
  /** Steps taken. */
  step: number;
  /** Sums over the steps of the epoch so far. */
  epoch: { loss: number; hits: number; examples: number };
  /** The best epoch by validation accuracy, the first of equal ones. */
  best: { epoch: number; hits: number } | null;
}

/** Where a loop begins. */
export const startOfLoop = (): LoopStanding => ({
  position: { epoch: 0, batch: 0 },
  step: 0,
  epoch: { loss: 0, hits: 0, examples: 0 },
  best: null,
});

/**
 * Trains from `standing` on, which it keeps up to date, to the last epoch or until a callback stops it. The engine must hold the
 * state that belongs to it: `initialState` at the start. Writes no file.
 *
 * @throws NonFiniteLossError; InputError if a split has no image that can be read
 */
export async function runLoop(
  parts: LoopParts,
  standing: LoopStanding,
  callbacks: readonly LoopCallbacks[],
): Promise<'finished' | 'stopped'> {
  const { pipeline, schedule, batch: size, seed } = parts;
  const perEpoch = pipeline.batchesPerEpoch({ split: 'train', batch: size });
  const endOf = (epoch: number) => endEpoch(parts, standing, callbacks, learningRateAt(schedule, epoch));
  const stopAfter = async (ended: boolean) => {
    let stop = false;
    for (const callback of callbacks) stop = (await callback.between?.(ended)) || stop;
    return stop;
  };
  // Saved after its last step and before its validation, whose loss was not finite.
  if (standing.position.batch === perEpoch) {
    await endOf(standing.position.epoch);
    if (await stopAfter(true)) return 'stopped';
  }
  const batches = pipeline.train({ seed, batch: size, epochs: schedule.epochs, from: standing.position });
  let held: Batch[] = [];
  for await (const batch of batches) {
    held.push(batch);
    const ended = batch.index + 1 === perEpoch;
    if (!ended && mayHoldMore(parts, standing, held)) {
      // A batch's arrays are valid until the next one is asked for.
      held[held.length - 1] = { ...batch, images: batch.images.slice(), labels: batch.labels.slice() };
      continue;
    }
    await takeAll(parts, standing, held, async (record) => {
      for (const callback of callbacks) await callback.step?.(record);
    });
    held = [];
    if (ended) await endOf(batch.epoch);
    if (await stopAfter(ended)) return 'stopped';
  }
  return 'finished';
}

/** What the images that are held for an engine may take, in bytes. */
const MOST_HELD = 2 ** 28;

/** How many batches of so many bytes go to an engine together, at most: as many as it gains by, and as may be held. */
export const mostTogether = ({ chunks }: Engine, bytes: number): number =>
  chunks === undefined ? 1 : Math.max(1, Math.min(chunks.steps, Math.floor(MOST_HELD / bytes)));

/** Whether another batch may go to the engine together with these: up to the most, to the next refresh, and until the loop is to stop. */
function mayHoldMore(
  { engine, refresher, signal }: LoopParts,
  { step }: LoopStanding,
  held: readonly Batch[],
): boolean {
  if (signal?.aborted) return false;
  if (held.length >= mostTogether(engine, held.at(-1)!.images.byteLength)) return false;
  return !refresher?.due(step + held.filter(({ count }) => count > 0).length);
}

/**
 * Steps on all batches that hold images; one of unreadable images alone takes none, and its epoch goes on. A step that fails leaves the
 * state as it was, the refresh before it included.
 */
async function takeAll(
  parts: LoopParts,
  standing: LoopStanding,
  held: readonly Batch[],
  recorded: (record: StepRecord) => Promise<void>,
): Promise<void> {
  const full = held.filter(({ count }) => count > 0);
  const together = full.length > 1 ? await tryTogether(parts, standing, full) : undefined;
  for (const batch of held) {
    const { epoch, count, index } = batch;
    let record: StepRecord | undefined;
    if (count > 0) {
      const { loss, hits } =
        together?.[full.indexOf(batch)] ??
        (await afterRefresh(parts, standing.step, epoch, (rate) => {
          const noise = noiseFor(parts.engine, parts.seed, standing.step);
          return parts.engine.step(batch.images, batch.labels, rate, noise);
        }));
      standing.epoch.loss += loss * count;
      standing.epoch.hits += hits;
      standing.epoch.examples += count;
      record = { step: standing.step++, epoch, loss, hits, examples: count };
    }
    standing.position = { epoch, batch: index + 1 };
    if (record) await recorded(record);
  }
}

/** Several steps at once; undefined where one of them fails, which is then found step by step. */
async function tryTogether(
  parts: LoopParts,
  standing: LoopStanding,
  batches: readonly Batch[],
): Promise<readonly StepResult[] | undefined> {
  const { engine, seed } = parts;
  const { step } = standing;
  try {
    return await afterRefresh(parts, step, batches[0]!.epoch, (rate) =>
      engine.chunks!.run(
        batches.map(({ images, labels }, i) => ({ images, labels, noise: noiseFor(engine, seed, step + i) })),
        rate,
      ),
    );
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    return undefined;
  }
}

/** Steps from step `step` on, after the refresh that is due before it; where they fail, that is taken back. */
async function afterRefresh<T>(
  { engine, refresher, ramp, schedule }: LoopParts,
  step: number,
  epoch: number,
  take: (learningRate: number) => Promise<T>,
): Promise<T> {
  if (ramp) engine.setSparsity(sparsityAt(ramp, epoch));
  const undo = refresher?.due(step) ? await refresher.apply() : undefined;
  try {
    return await take(learningRateAt(schedule, epoch));
  } catch (error) {
    await undo?.();
    throw error;
  }
}

/** The noise that a step of the engine's rule takes, if it takes any. */
export function noiseFor({ options: { rule } }: Engine, seed: number, step: number): NoiseSource | undefined {
  return rule?.selection.kind === 'drawn' ? noiseOfStep(rule.selection.noise, seed, step) : undefined;
}

async function endEpoch(
  { engine, pipeline, evaluationBatch }: LoopParts,
  standing: LoopStanding,
  callbacks: readonly LoopCallbacks[],
  learningRate: number,
): Promise<void> {
  const { epoch } = standing.position;
  const { loss, hits, examples } = standing.epoch;
  if (examples === 0) throw noImages('train');
  const validation = await evaluateSplit(engine, pipeline, 'validation', evaluationBatch);
  await requireFinite(engine, standing.step, 'validation', validation);
  const train = { loss: loss / examples, accuracy: hits / examples, hits, examples };
  const best = standing.best === null || validation.hits > standing.best.hits;
  if (best) standing.best = { epoch, hits: validation.hits };
  standing.position = { epoch: epoch + 1, batch: 0 };
  standing.epoch = { loss: 0, hits: 0, examples: 0 };
  for (const callback of callbacks) await callback.epoch?.({ epoch, learningRate, train, validation }, best);
}

/** @throws NonFiniteLossError if the loss on a split, before step `step`, is not finite */
export async function requireFinite(
  engine: Engine,
  step: number,
  split: Split,
  { loss }: Score,
): Promise<void> {
  if (Number.isFinite(loss)) return;
  const reason = `the ${split} loss before it is ${loss}`;
  throw new NonFiniteLossError(step, loss, reason, await norms(engine.tensors, (name) => engine.read(name)));
}
