import { describe, expect, test } from 'vitest';
import type { Batches } from '../../../src/train/data/index.js';
import { type Engine, NonFiniteLossError, type StepBatch } from '../../../src/train/engines/engine.js';
import { type LoopParts, runLoop, startOfLoop } from '../../../src/train/loop/loop.js';

/** Two batches an epoch of one image each; the engine counts its steps and answers an evaluation with `loss`. */
function counting(loss: () => number): { parts: LoopParts; steps: () => number } {
  let steps = 0;
  const batch = (epoch: number, index: number) => ({
    images: new Float32Array(1),
    labels: Int32Array.of(0),
    count: 1,
    epoch,
    index,
  });
  const pipeline: Batches = {
    async *train({ epochs, from = { epoch: 0, batch: 0 } }) {
      for (let epoch = from.epoch; epoch < epochs; epoch++)
        for (let index = epoch === from.epoch ? from.batch : 0; index < 2; index++) yield batch(epoch, index);
    },
    async *evaluate() {
      yield batch(0, 0);
    },
    batchesPerEpoch: () => 2,
  };
  const engine = {
    options: { mode: 'sgd', momentum: 0, weightDecay: 0 },
    tensors: [{ name: 'fc.weight' }],
    read: () => Float32Array.of(3, 4),
    step: async () => ({ loss: 1, hits: ++steps % 2, logits: new Float32Array(1) }),
    evaluate: async () => ({ loss: loss(), hits: 1, logits: new Float32Array(1) }),
  } as unknown as Engine;
  const schedule = { epochs: 2, warmup: 0, finalEpochs: 0, finalRate: 0, learningRate: 0.1 };
  return { parts: { engine, pipeline, schedule, batch: 1, evaluationBatch: 1, seed: 1 }, steps: () => steps };
}

test('from where a validation loss was not finite, the same failure follows, without a step', async () => {
  const { parts, steps } = counting(() => Number.NaN);
  const standing = startOfLoop();
  const error = await runLoop(parts, standing, []).catch((e: Error) => e);
  expect(error).toMatchObject({
    step: 2,
    reason: 'the validation loss before it is NaN',
    norms: { 'fc.weight': 5 },
  });
  expect(standing).toMatchObject({ position: { epoch: 0, batch: 2 }, step: 2 });
  const again = await runLoop(parts, structuredClone(standing), []).catch((e: Error) => e);
  expect(again).toEqual(error);
  expect(steps()).toBe(2);
});

test('from there with a finite loss, the epoch ends and the next follows', async () => {
  const { parts, steps } = counting(() => 1);
  const standing = { ...startOfLoop(), position: { epoch: 0, batch: 2 }, step: 2 };
  standing.epoch = { loss: 2, hits: 1, examples: 2 };
  const ends: unknown[] = [];
  const outcome = await runLoop(parts, standing, [
    {
      epoch({ epoch, train }) {
        ends.push([epoch, train.examples]);
      },
      between(ended) {
        ends.push(ended);
        return false;
      },
    },
  ]);
  expect(outcome).toBe('finished');
  expect(ends).toEqual([[0, 2], true, false, [1, 2], true]);
  expect(steps()).toBe(2);
});

describe('an engine that takes several steps at once', () => {
  /** Seven batches an epoch; a step on label 9 fails. The engine's state is what it has seen. */
  function chunked(size: number, bad: number | undefined, refresher?: LoopParts['refresher'], values = 1) {
    const seen: number[] = [];
    const calls: number[] = [];
    const take = (label: number) => {
      if (label === bad) throw new NonFiniteLossError(seen.length, Number.NaN, 'the loss is NaN', {});
      seen.push(label);
      return { loss: label, hits: label % 2, logits: new Float32Array(1) };
    };
    const engine = {
      options: { mode: 'sgd', momentum: 0, weightDecay: 0 },
      tensors: [],
      step: async (_: Float32Array, labels: Int32Array) => take(labels[0]!),
      evaluate: async () => ({ loss: 1, hits: 1, logits: new Float32Array(1) }),
      chunks: {
        steps: size,
        run: async (batches: readonly StepBatch[]) => {
          calls.push(batches.length);
          const before = seen.length;
          try {
            return batches.map(({ labels }) => take(labels[0]!));
          } catch (error) {
            seen.length = before;
            throw error;
          }
        },
      },
    } as unknown as Engine;
    // One array for all, as a pipeline may have it: what is held must be copied.
    const [images, labels] = [new Float32Array(values), new Int32Array(1)];
    const pipeline: Batches = {
      async *train({ epochs, from = { epoch: 0, batch: 0 } }) {
        for (let epoch = from.epoch; epoch < epochs; epoch++)
          for (let index = epoch === from.epoch ? from.batch : 0; index < 7; index++) {
            labels[0] = 10 * epoch + index;
            // One batch that holds no readable image.
            yield { images, labels, count: index === 4 ? 0 : 1, epoch, index };
          }
      },
      async *evaluate() {
        yield { images, labels, count: 1, epoch: 0, index: 0 };
      },
      batchesPerEpoch: () => 7,
    };
    const schedule = { epochs: 2, warmup: 0, finalEpochs: 0, finalRate: 0, learningRate: 0.1 };
    const parts: LoopParts = { engine, pipeline, schedule, batch: 1, evaluationBatch: 1, seed: 1, refresher };
    return { parts, seen, calls };
  }

  const recordsOf = async (parts: LoopParts, standing = startOfLoop()) => {
    const records: unknown[] = [];
    const ended = await runLoop(parts, standing, [{ step: (r) => void records.push(r) }]).catch(
      (error: Error) => error.name,
    );
    return { records, standing, ended };
  };
  const all = [0, 1, 2, 3, 5, 6, 10, 11, 12, 13, 15, 16];

  test('sees the batches in order, ends each call with an epoch, and records what single steps do', async () => {
    const [one, many] = [chunked(1, undefined), chunked(4, undefined)];
    const [single, together] = [await recordsOf(one.parts), await recordsOf(many.parts)];
    expect(together).toEqual(single);
    expect(many.seen).toEqual(all);
    // Of four batches held, one is empty; those of one image alone are plain steps.
    expect(many.calls).toEqual([4, 2, 4, 2]);
    expect(one.calls).toEqual([]);
  });

  test('is passed no more images than may be held: 256 MB', async () => {
    // Batches of 72 MB: three of them.
    const many = chunked(16, undefined, undefined, 18e6);
    expect((await recordsOf(many.parts)).ended).toBe('finished');
    // The fifth of an epoch holds no image, so that it is held for a step less.
    expect(many.calls).toEqual([3, 2, 3, 2]);
    expect(many.seen).toEqual(all);
  });

  test('a refresh comes between two calls', async () => {
    const at: number[] = [];
    const refresher = {
      count: 0,
      touched: new Map(),
      due: (step: number) => step % 5 === 3,
      apply: async () => {
        at.push(many.seen.length);
        return async () => undefined;
      },
    };
    const many = chunked(4, undefined, refresher);
    expect((await recordsOf(many.parts)).ended).toBe('finished');
    expect(at).toEqual([3, 8]);
    expect(many.seen).toEqual(all);
  });

  test('a step that fails among them is found, and those before it count', async () => {
    const [one, many] = [chunked(1, 12), chunked(4, 12)];
    const [single, together] = [await recordsOf(one.parts), await recordsOf(many.parts)];
    expect(together).toEqual(single);
    expect(together.ended).toBe('NonFiniteLossError');
    expect(together.standing).toMatchObject({ step: 8, position: { epoch: 1, batch: 2 } });
    expect(many.seen).toEqual([0, 1, 2, 3, 5, 6, 10, 11]);
  });
});
