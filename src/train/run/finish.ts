import type { NonFiniteLossError } from '../engines/engine.js';
import { evaluateSplit } from '../loop/evaluate.js';
import { requireFinite } from '../loop/loop.js';
import type { BegunRun } from './begin.js';
import type { Checkpointing } from './checkpointing.js';
import { DivergedError, type RunOutcome, type RunResult } from './outcome.js';
import { writeResult } from './result.js';

/** Saves the run where it was stopped, unless it has not taken a step yet. */
export async function stopRun(
  { paths, standing, saved }: BegunRun,
  checkpoints: Checkpointing,
): Promise<RunOutcome> {
  if (standing.step === 0 && !saved) return { state: 'stopped', paths, standing, saved: false };
  await checkpoints.saveLast();
  checkpoints.state({ state: 'stopped' });
  return { state: 'stopped', paths, standing, saved: true };
}

/** Saves the state after the last epoch, evaluates the test split on it and writes the result. */
export async function finishRun(
  { spec, paths, standing, setup, lock }: BegunRun,
  checkpoints: Checkpointing,
): Promise<RunOutcome> {
  const { dataset, engine, pipeline } = setup;
  await checkpoints.saveLast();
  const test = await evaluateSplit(engine, pipeline, 'test', spec.evaluationBatch);
  await requireFinite(engine, standing.step, 'test', test);
  const result: RunResult = {
    data: { name: dataset.name, fingerprint: dataset.fingerprint },
    steps: standing.step,
    best: standing.best!,
    unreadable: checkpoints.unreadable(),
    test,
  };
  lock.check();
  const { steps, epochs } = checkpoints.records;
  writeResult(paths, result, { steps: steps.written, epochs: epochs.written });
  checkpoints.state({ state: 'finished' });
  return { state: 'finished', paths, result, already: false };
}

/** Saves the state before a step whose loss was not finite, and says so. */
export async function failRun(
  { paths, standing }: BegunRun,
  checkpoints: Checkpointing,
  error: NonFiniteLossError,
): Promise<DivergedError> {
  await checkpoints.save(paths.failed);
  const reason = divergence(error, standing.step, standing.position.epoch);
  checkpoints.state({ state: 'failed', reason });
  return new DivergedError(`${paths.name}: ${reason}. The state before it is in ${paths.failed}`);
}

/** One line on a step whose loss was not finite. */
export function divergence({ reason, norms }: NonFiniteLossError, step: number, epoch: number): string {
  const layers = Object.entries(norms)
    .filter(([name]) => /\.(weight|score)$/.test(name))
    .map(([name, norm]) => `${name} ${norm.toPrecision(4)}`);
  return `step ${step} (epoch ${epoch}): ${reason}; norms before it: ${layers.join(', ')}`;
}
