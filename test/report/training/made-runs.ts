import type { MethodRuns } from '../../../src/sweep/methods.js';
import type { Method } from '../../../src/train/spec/defaults.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';

const score = (accuracy: number) => ({ loss: 1, accuracy, hits: 1000 * accuracy, examples: 1000 });
const made = (method: Method, tests: readonly number[]): MethodRuns => ({
  method,
  spec: resolveTrainSpec({ network: 'conv2', method, data: 'mnist', epochs: 2 }),
  dataName: 'MNIST (10,000 digits)',
  runs: tests.map((accuracy, i) => ({
    seed: i + 1,
    epochs: [0, 1].map((epoch) => ({
      epoch,
      learningRate: 0.1,
      train: score(0.5),
      validation: score(0.5 + 0.1 * epoch + 0.01 * i),
    })),
    test: score(accuracy),
  })),
});
/** Three methods with three seeds each, two epochs; the test accuracies of IteRand are given. */
export const madeRuns = (iterand: readonly number[]) => [
  made('sgd', [0.95, 0.95, 0.96]),
  made('edge-popup', [0.8, 0.82, 0.84]),
  made('iterand', iterand),
];
