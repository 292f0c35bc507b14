import type { Batch, Batches } from '../data/index.js';
import { type Engine, NonFiniteLossError, norms } from '../engines/engine.js';
import { learningRateAt, type ScheduleSpec } from '../spec/schedule.js';
import type { LoopCallbacks, StepRecord } from './callbacks.js';
import { evaluateSplit, noImages } from './evaluate.js';
import type { Randomizer } from './randomizer.js';

/** What a loop trains with. */
export interface LoopParts {
  readonly engine: Engine;
  readonly pipeline: Batches;
  readonly schedule: ScheduleSpec;
  readonly batch: number;
  readonly evaluationBatch: number;
  /** Of the order and the augmentation. */
  readonly seed: number;
  /** IteRand alone. */
  readonly randomizer?: Randomizer;
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

export const startOfLoop = (): LoopStanding => ({
  position: { epoch: 0, batch: 0 },
  step: 0,
  epoch: { loss: 0, hits: 0, examples: 0 },
  best: null,
});

/** Trains from `standing` on, which it keeps up to date, to the last epoch or until a callback stops it. */
export async function runLoop(
  parts: LoopParts,
  standing: LoopStanding,
  callbacks: readonly LoopCallbacks[],
): Promise<'finished' | 'stopped'> {
  const { pipeline, schedule, batch: size, seed } = parts;
  const perEpoch = pipeline.batchesPerEpoch({ split: 'train', batch: size });
  const batches = pipeline.train({ seed, batch: size, epochs: schedule.epochs, from: standing.position });
  for await (const batch of batches) {
    const learningRate = learningRateAt(schedule, batch.epoch);
    const record = batch.count === 0 ? undefined : await step(parts, standing, batch, learningRate);
    standing.position = { epoch: batch.epoch, batch: batch.index + 1 };
    if (record) for (const callback of callbacks) await callback.step?.(record);
    const ended = batch.index + 1 === perEpoch;
    if (ended) await endEpoch(parts, standing, callbacks, learningRate);
    let stop = false;
    for (const callback of callbacks) stop = (await callback.between?.(ended)) || stop;
    if (stop) return 'stopped';
  }
  return 'finished';
}

/** One step on a batch that holds images; one of unreadable images alone takes none, and its epoch goes on. */
async function step(
  { engine, randomizer }: LoopParts,
  standing: LoopStanding,
  { images, labels, count, epoch }: Batch,
  learningRate: number,
): Promise<StepRecord> {
  if (randomizer?.due(standing.step)) randomizer.apply();
  const { loss, hits } = await engine.step(images, labels, learningRate);
  standing.epoch.loss += loss * count;
  standing.epoch.hits += hits;
  standing.epoch.examples += count;
  return { step: standing.step++, epoch, loss, hits, examples: count };
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
  if (!Number.isFinite(validation.loss))
    throw new NonFiniteLossError(
      standing.step,
      validation.loss,
      `the validation loss before it is ${validation.loss}`,
      norms(engine.tensors, (name) => engine.read(name)),
    );
  const train = { loss: loss / examples, accuracy: hits / examples, hits, examples };
  const best = standing.best === null || validation.hits > standing.best.hits;
  if (best) standing.best = { epoch, hits: validation.hits };
  standing.position = { epoch: epoch + 1, batch: 0 };
  standing.epoch = { loss: 0, hits: 0, examples: 0 };
  for (const callback of callbacks) await callback.epoch?.({ epoch, learningRate, train, validation }, best);
}
