import { existsSync } from 'node:fs';
import type * as v from 'valibot';
import { damaged } from '../../runs/damage.js';
import { type LineKind, readJsonLines } from '../../runs/lines.js';
import type { RunPaths } from '../../runs/paths.js';
import type { StrictSchema } from '../../runs/spec.js';
import { readState } from '../../runs/state.js';
import type { EpochRecord, StepRecord } from '../loop/callbacks.js';
import { readCheckpoint, recordsOfCheckpoint } from './checkpoint.js';
import type { RunResult } from './outcome.js';
import { EPOCHS, NO_RECORDS, STEPS } from './records.js';
import { readResult } from './result.js';
import type { RecordsSoFar } from './schemas.js';

/**
 * The epochs of a run, held against the hash in its result or, before there is one, in its checkpoint. What a killed process wrote
 * after that checkpoint is left out: it is cut off when the run goes on.
 *
 * @throws InputError that names the damaged file
 */
export function readEpochs(paths: RunPaths): EpochRecord[] {
  const epochs = readLines(paths, 'epochs', EPOCHS);
  const result = readResult(paths)?.result;
  if (result) requireBest(paths, result, epochs);
  return epochs;
}

/**
 * The steps of a run, read in the same way; every whole epoch must be the mean over its steps.
 *
 * @throws InputError that names the damaged file
 */
export function readSteps(paths: RunPaths): StepRecord[] {
  const epochs = readEpochs(paths);
  const steps = readLines(paths, 'steps', STEPS);
  requireMeans(paths, steps, epochs);
  return steps;
}

function readLines<S extends StrictSchema>(
  paths: RunPaths,
  file: keyof RecordsSoFar,
  kind: LineKind<S>,
): v.InferOutput<S>[] {
  const stored = readResult(paths);
  if (stored?.records)
    return readJsonLines(paths[file], kind, { start: stored.records[file], rest: 'refuse' });
  const state = stored ? 'finished' : readState(paths).state;
  const running = state === 'running';
  const checkpoint = [...(state === 'failed' ? [paths.failed] : []), paths.last].find((f) => existsSync(f));
  // A finished run of an earlier version may have been kept without its checkpoints.
  if (checkpoint === undefined)
    return readJsonLines(
      paths[file],
      kind,
      stored || running ? undefined : { start: NO_RECORDS[file], rest: 'leave' },
    );
  const start = recordsOfCheckpoint(checkpoint)[file];
  try {
    return readJsonLines(paths[file], kind, { start, rest: running ? 'read' : stored ? 'refuse' : 'leave' });
  } catch (error) {
    // The damage may be the checkpoint's.
    readCheckpoint(checkpoint);
    throw error;
  }
}

function requireBest(paths: RunPaths, { best }: RunResult, epochs: readonly EpochRecord[]): void {
  const hits = Math.max(...epochs.map((e) => e.validation.hits));
  const epoch = epochs.findIndex((e) => e.validation.hits === hits);
  if (epoch !== best.epoch || hits !== best.hits)
    throw damaged(
      paths.epochs,
      `its best epoch is ${epoch} (${hits} hits), that of ${paths.result} ${best.epoch} (${best.hits} hits)`,
    );
}

function requireMeans(
  { steps: path }: RunPaths,
  steps: readonly StepRecord[],
  epochs: readonly EpochRecord[],
): void {
  const sums = epochs.map(() => ({ loss: 0, hits: 0, examples: 0 }));
  for (const { epoch, loss, hits, examples } of steps) {
    const sum = sums[epoch];
    if (sum === undefined) continue;
    sum.loss += loss * examples;
    sum.hits += hits;
    sum.examples += examples;
  }
  for (const [epoch, { loss, hits, examples }] of sums.entries()) {
    const { train } = epochs[epoch]!;
    if (loss / examples !== train.loss || hits !== train.hits || examples !== train.examples)
      throw damaged(path, `the steps of epoch ${epoch} do not add up to its record`);
  }
}
