import type { FinishedRun } from '../../../src/sweep/compare/run.js';
import { resolveTrainSpec, trainRunName } from '../../../src/train/spec/spec.js';

const hitsOf = (accuracy: number) => Math.round(1000 * accuracy);
const score = (accuracy: number) => {
  const hits = hitsOf(accuracy);
  return { loss: 1, accuracy: hits / 1000, hits, examples: 1000 };
};

/** A finished run of two epochs that no process made. @param test its accuracy on the test images, a fraction */
export function madeRun(
  settings: Readonly<Record<string, unknown>>,
  seed: number,
  test: number,
  validation = test - 0.01,
): FinishedRun {
  const spec = resolveTrainSpec({ network: 'conv2', data: 'mnist', epochs: 2, ...settings });
  return {
    name: trainRunName(spec, seed),
    seed,
    spec,
    epochs: [validation - 0.1, validation].map((accuracy, epoch) => ({
      epoch,
      learningRate: 0.1,
      train: score(accuracy),
      validation: score(accuracy),
    })),
    result: {
      data: { name: 'MNIST (10,000 digits)', fingerprint: 'made' },
      steps: 110,
      unreadable: [],
      best: { epoch: 1, hits: hitsOf(validation) },
      test: score(test),
    },
    size: {
      weights: 1000,
      kept: Math.round(1000 * (1 - (spec.sparsity ?? 0))),
      parameters: 1100,
      multiplyAdds: 5000,
    },
    times: {
      parts: [{ began: '2026-01-01T00:00:00Z', step: 0, node: '20', cpu: 'made', threads: 2 }],
      trainingSeconds: 20,
      images: 1000,
    },
    ...(spec.method === 'sgd' ? {} : { ticket: { path: `${spec.method}-${seed}.ticket`, bytes: 100 } }),
  };
}

/** Three methods with seeds 1 to 3. @param iterand the test accuracies of IteRand */
export const madeMethods = (iterand: readonly number[] = [0.85, 0.87, 0.89]): FinishedRun[] => [
  ...iterand.map((test, i) => madeRun({ method: 'iterand' }, i + 1, test)),
  ...[0.95, 0.95, 0.96].map((test, i) => madeRun({ method: 'sgd' }, i + 1, test)),
  ...[0.8, 0.82, 0.84].map((test, i) => madeRun({ method: 'edge-popup' }, i + 1, test)),
];
