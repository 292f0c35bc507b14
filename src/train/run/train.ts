import { existsSync } from 'node:fs';
import { InputError } from '../../core/errors.js';
import { type RunPaths, runPaths } from '../../runs/paths.js';
import { writeJson } from '../../runs/sealed-json.js';
import { removeTemporaries } from '../../runs/traces.js';
import { workOn } from '../../runs/work.js';
import { deviceText } from '../engines/devices.js';
import { NonFiniteLossError } from '../engines/engine.js';
import { runLoop, startOfLoop } from '../loop/loop.js';
import { TRAIN_SPEC, type TrainSpec, trainRunName } from '../spec/spec.js';
import { type HeldRun, restoreOrStart } from './begin.js';
import { Checkpointing } from './checkpointing.js';
import { failRun, finishRun, stopRun } from './finish.js';
import { readRun } from './open.js';
import type { RunOptions, RunOutcome } from './outcome.js';
import { openRecords } from './records.js';
import { readResult } from './result.js';
import { setUp } from './setup.js';
import { recordTimes } from './times.js';

/**
 * Trains a run to its end: starts it, resumes it from its last checkpoint, or returns the result it has.
 *
 * @throws InputError if another process works on the run, or a file of it is damaged or cannot be written; DivergedError
 */
export async function trainRun(spec: TrainSpec, seed: number, options: RunOptions): Promise<RunOutcome> {
  const paths = runPaths(options.root, trainRunName(spec, seed));
  const done = finished(paths);
  if (done) return done;
  // Before anything is written: what is wrong with the data or the provider leaves no folder behind.
  const setup = await setUp(spec, options);
  try {
    if (options.signal?.aborted) return { state: 'stopped', paths, standing: startOfLoop(), saved: false };
    return await workOn(paths, options, async (lock) => {
      // Another process may have finished it between the look and the lock.
      const meanwhile = finished(paths);
      if (meanwhile) return meanwhile;
      removeTemporaries(paths);
      writeSpec(paths, spec, seed, options.warn);
      return await carryOut({ spec, seed, paths, setup, options, lock });
    });
  } finally {
    await setup.close();
  }
}

async function carryOut(held: HeldRun): Promise<RunOutcome> {
  const run = await restoreOrStart(held);
  const { spec, seed, options, setup, parts, standing, threads } = run;
  const { cudaDevice } = setup.engine;
  const device = cudaDevice === undefined ? undefined : deviceText(cudaDevice);
  const { batch, evaluationBatch } = spec;
  const records = openRecords(run.paths, run.saved?.standing.written);
  const checkpoints = new Checkpointing(run, records);
  try {
    checkpoints.state({ state: 'running' });
    const times = recordTimes(records.times, { step: standing.step, threads, device });
    options.began?.(standing, setup.pipeline.batchesPerEpoch({ split: 'train', batch }), device);
    const ended = await runLoop(
      {
        ...{ ...parts, pipeline: setup.pipeline, schedule: spec, batch, evaluationBatch, seed },
        signal: options.signal,
      },
      standing,
      [checkpoints.recording, times, ...(options.callbacks ?? []), checkpoints.saving],
    );
    return ended === 'stopped' ? await stopRun(run, checkpoints) : await finishRun(run, checkpoints);
  } catch (error) {
    throw error instanceof NonFiniteLossError ? await failRun(run, checkpoints, error) : error;
  } finally {
    records.close();
  }
}

function finished(paths: RunPaths): RunOutcome | undefined {
  const stored = readResult(paths);
  return stored && { state: 'finished', paths, result: stored.result, already: true };
}

/** Writes the spec file if it is not there, or damaged: the run's name tells what it holds. */
function writeSpec(paths: RunPaths, spec: TrainSpec, seed: number, warn: RunOptions['warn']): void {
  try {
    if (existsSync(paths.spec)) {
      readRun(paths);
      return;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    warn?.(`${paths.spec} ${error.rule}: it is written anew`);
  }
  writeJson(paths.spec, { ...TRAIN_SPEC, seed, spec });
}
