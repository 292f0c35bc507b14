import type { Target } from '../../theory/problem/target.js';
import { decodeTarget } from '../../theory/problem/target-file.js';
import { inferenceTensors } from '../../train/export/inference.js';
import { targetFile } from '../../train/export/target.js';
import type { NetworkName } from '../../train/networks/index.js';
import type { RunOptions, RunOutcome } from '../../train/run/outcome.js';
import { withRun } from '../../train/run/score.js';
import { trainRun } from '../../train/run/train.js';
import { resolveTrainSpec, type TrainSpec } from '../../train/spec/spec.js';

/** How targets are trained: by SGD on MNIST, without biases, on pixels in [0, 1]. */
export const targetSpec = (network: NetworkName): TrainSpec =>
  resolveTrainSpec({ network, method: 'sgd', data: 'mnist', biases: 'none', pixels: 'unit' });

/**
 * A fully connected network trained on MNIST as a target of the theory. A run that has finished is not run again.
 *
 * @returns without `target` if the run was stopped before its end
 */
export async function trainedTarget(
  network: NetworkName,
  options: RunOptions,
): Promise<{ readonly outcome: RunOutcome; readonly target?: Target }> {
  const spec = targetSpec(network);
  const outcome = await trainRun(spec, 1, options);
  if (outcome.state === 'stopped') return { outcome };
  const target = await withRun({ paths: outcome.paths, spec }, 'last', options, async ({ engine, dataset }) =>
    decodeTarget(
      targetFile(engine.network, dataset.transform, await inferenceTensors(engine), {}),
      outcome.paths.name,
    ),
  );
  return { outcome, target };
}
