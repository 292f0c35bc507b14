import { damaged } from '../../runs/damage.js';
import type { RunPaths } from '../../runs/paths.js';
import { listRuns, type RunState, readState } from '../../runs/state.js';
import type { TrainSpec } from '../spec/spec.js';
import { isOfAnotherKind, readRun } from './open.js';
import { readEpochs } from './read-records.js';
import { readResult } from './result.js';

/** A run as a list shows it. Accuracies are fractions, absent where there is none yet. */
export interface RunSummary {
  readonly name: string;
  readonly state: RunState;
  readonly reason?: string;
  readonly seed: number;
  readonly spec: TrainSpec;
  readonly epochsDone: number;
  /** After the last epoch done. */
  readonly validation?: number;
  /** The best of the epochs done. */
  readonly best?: number;
  readonly test?: number;
}

/** A run with a file that cannot be read. */
export interface DamagedRun {
  readonly name: string;
  readonly state: 'damaged';
  /** Which file, and what is wrong with it. */
  readonly reason: string;
}

/** Every training run under a folder, sorted by name; a damaged one hides no other. Runs of other kinds are left out. */
export function summarizeRuns(root: string): (RunSummary | DamagedRun)[] {
  return listRuns(root).flatMap((found): (RunSummary | DamagedRun)[] => {
    try {
      return [summarize(found)];
    } catch (error) {
      if (isOfAnotherKind(found)) return [];
      return [{ name: found.name, state: 'damaged', reason: (error as Error).message }];
    }
  });
}

function summarize(found: RunPaths): RunSummary {
  const { paths, spec, seed } = readRun(found);
  const { state, reason } = readState(paths);
  const epochs = readEpochs(paths).map((e) => e.validation.accuracy);
  const result = readResult(paths)?.result;
  if (result && epochs.length !== spec.epochs)
    throw damaged(paths.epochs, `it holds ${epochs.length} epochs of ${spec.epochs}`);
  return {
    name: paths.name,
    state,
    ...(reason === undefined ? {} : { reason }),
    seed,
    spec,
    epochsDone: epochs.length,
    ...(epochs.length === 0 ? {} : { validation: epochs.at(-1)!, best: Math.max(...epochs) }),
    ...(result === undefined ? {} : { test: result.test.accuracy }),
  };
}
