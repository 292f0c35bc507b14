import { expect, test } from 'vitest';
import type { Batches } from '../../../src/train/data/index.js';
import type { Engine } from '../../../src/train/engines/engine.js';
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
