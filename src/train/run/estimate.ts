import { NonFiniteLossError } from '../engines/engine.js';
import { mostTogether, noiseFor } from '../loop/loop.js';
import { parameterCount, prunableCount } from '../networks/tensors.js';
import { learningRateAt } from '../spec/schedule.js';
import type { TrainSpec } from '../spec/spec.js';
import { firstState } from './begin.js';
import { divergence } from './finish.js';
import { meanTime } from './mean-time.js';
import { DivergedError } from './outcome.js';
import { type Machine, setUp } from './setup.js';

/** What a run is and would cost, from a few measured steps. */
export interface RunEstimate {
  readonly data: {
    readonly name: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  };
  /** Weights that can be pruned. */
  readonly prunable: number;
  /** Values trained by SGD, with biases and affine norms. */
  readonly parameters: number;
  readonly stepsPerEpoch: number;
  /** Measured means, batches waited for included. */
  readonly secondsPerStep: number;
  readonly secondsPerEvaluationBatch: number;
  readonly imagesPerSecond: number;
  /** Of an epoch's steps and its validation. */
  readonly secondsPerEpoch: number;
  /** Of the test split, once. */
  readonly secondsOfTest: number;
  /** Of all steps and evaluations; checkpoints and randomizations are not in it. */
  readonly seconds: number;
  /** Largest resident memory of this process while it measured, in bytes. */
  readonly memory: number;
}

/**
 * Measures a few steps and evaluations of a run; writes nothing.
 *
 * @throws InputError if the training or validation images cannot be read; DivergedError if a loss is not finite
 */
export async function estimateRun(
  spec: TrainSpec,
  seed: number,
  machine: Machine = {},
): Promise<RunEstimate> {
  const { dataset, pipeline, engine, close } = await setUp(spec, machine);
  try {
    const { batch, evaluationBatch, epochs } = spec;
    for (const [name, data] of firstState(spec, seed, engine)) await engine.write(name, data);
    const learningRate = learningRateAt(spec, 0);
    const [step, stepped] = await meanTime(
      'train',
      pipeline.train({ seed, batch, epochs }),
      async (held) => {
        const steps = held.map(({ images, labels }, i) => ({
          images,
          labels,
          noise: noiseFor(engine, seed, engine.steps + i),
        }));
        const [{ images, labels, noise }] = steps as [(typeof steps)[0]];
        if (steps.length === 1) await engine.step(images, labels, learningRate, noise);
        else await engine.chunks!.run(steps, learningRate);
      },
      // A refresh ends what is taken together, as in training.
      ({ images }) =>
        Math.min(mostTogether(engine, images.byteLength), spec.period ?? Number.POSITIVE_INFINITY),
    );
    const [evaluation] = await meanTime(
      'validation',
      pipeline.evaluate({ split: 'validation', batch: evaluationBatch }),
      ([{ images, labels, count }]) => engine.evaluate(images, labels, count),
    );
    const batches = (split: 'train' | 'validation' | 'test', size: number) =>
      pipeline.batchesPerEpoch({ split, batch: size });
    const stepsPerEpoch = batches('train', batch);
    const secondsPerEpoch = stepsPerEpoch * step + batches('validation', evaluationBatch) * evaluation;
    const secondsOfTest = batches('test', evaluationBatch) * evaluation;
    const count = (split: 'train' | 'validation' | 'test') => dataset.count(split);
    return {
      data: {
        name: dataset.name,
        train: count('train'),
        validation: count('validation'),
        test: count('test'),
      },
      prunable: prunableCount(engine.network),
      parameters: parameterCount(engine.network),
      stepsPerEpoch,
      secondsPerStep: step,
      secondsPerEvaluationBatch: evaluation,
      imagesPerSecond: stepped / step,
      secondsPerEpoch,
      secondsOfTest,
      seconds: epochs * secondsPerEpoch + secondsOfTest,
      memory: process.resourceUsage().maxRSS * 1024,
    };
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    throw new DivergedError(divergence(error, error.step, 0));
  } finally {
    await close();
  }
}
