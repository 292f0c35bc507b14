import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { InputError } from '../../core/errors.js';
import type { Lock } from '../../runs/lock.js';
import type { RunPaths } from '../../runs/paths.js';
import { readStateRecord, type StateRecord } from '../../runs/state.js';
import type { Engine } from '../engines/engine.js';
import { type LoopStanding, startOfLoop } from '../loop/loop.js';
import { Randomizer } from '../loop/randomizer.js';
import { Recycler } from '../loop/recycler.js';
import type { Refresher } from '../loop/refresher.js';
import { initialState } from '../prune/initial.js';
import { refreshOf } from '../spec/pruning.js';
import { modeOf, type TrainSpec } from '../spec/spec.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import type { RunOptions } from './outcome.js';
import { putBack, type RunParts } from './saving.js';
import type { Setup } from './setup.js';

/** A run whose lock this process holds. */
export interface HeldRun {
  readonly spec: TrainSpec;
  readonly seed: number;
  readonly paths: RunPaths;
  readonly setup: Setup;
  readonly options: RunOptions;
  readonly lock: Lock;
}

/** A run ready to be trained on: its engine holds the state that `standing` speaks of. */
export interface BegunRun extends HeldRun {
  readonly parts: RunParts;
  /** Kept up to date by the loop. */
  readonly standing: LoopStanding;
  /** The checkpoint it goes on from; undefined for a run that starts. */
  readonly saved: Checkpoint | undefined;
  /** Of the CPU provider. */
  readonly threads: number;
}

/**
 * Puts a run's last checkpoint into its engine, or the initial state if there is none yet.
 *
 * @throws InputError if the checkpoint is damaged, of other data, or gone
 */
export async function restoreOrStart(run: HeldRun): Promise<BegunRun> {
  const { paths, setup, options } = run;
  const parts = partsOf(run);
  const saved = existsSync(paths.last) ? readCheckpoint(paths.last, parts.of) : undefined;
  const before = stateBefore(run, saved !== undefined);
  if (!saved && before?.checkpoint) throw lostCheckpoint(paths);
  const threads = options.threads ?? availableParallelism();
  if (saved) warnOfThreads(run, before?.threads, threads);
  const standing = saved ? await putBack(parts, saved, paths.last) : await start(run, setup);
  return { ...run, parts, standing, saved, threads };
}

/** A damaged state file is no reason not to go on from a checkpoint. */
function stateBefore({ paths, options }: HeldRun, saved: boolean): StateRecord | undefined {
  try {
    return readStateRecord(paths);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (!saved)
      throw new InputError(paths.state, error.rule, 'restore it, or remove it to begin the run anew');
    options.warn?.(
      `${paths.state} ${error.rule}: the run goes on from its checkpoint, and the file is written anew`,
    );
    return undefined;
  }
}

function partsOf({ spec, seed, paths, setup: { dataset, engine, ramp } }: HeldRun): RunParts {
  return { of: { run: paths.name, data: dataset }, engine, ramp, refresher: refresherOf(spec, seed, engine) };
}

function refresherOf(spec: TrainSpec, seed: number, engine: Engine): Refresher | undefined {
  const { param, period, rate, refreshedScore, score, pairing } = spec;
  if (period === undefined || rate === undefined) return undefined;
  const shared = { seed, period, rate, refreshedScore, score };
  return refreshOf(spec) === 'recycle'
    ? new Recycler(engine, { ...shared, pairing })
    : new Randomizer(engine, { ...shared, param });
}

async function start({ spec, seed }: HeldRun, { engine }: Setup): Promise<LoopStanding> {
  for (const [name, data] of firstState(spec, seed, engine)) await engine.write(name, data);
  return startOfLoop();
}

/** The state that a run begins with, by tensor name. */
export function firstState(spec: TrainSpec, seed: number, engine: Engine): Map<string, Float32Array> {
  const { param: weights, score: scores } = spec;
  const { rule } = engine.options;
  return initialState(engine.network, modeOf(spec), { weights, scores, rule, seed });
}

function warnOfThreads({ spec, paths, options }: HeldRun, before: number | undefined, threads: number): void {
  if (spec.provider !== 'cpu' || before === undefined || before === threads) return;
  options.warn?.(
    `${paths.name} goes on with ${threads} threads, not ${before} as before: the last bits of its values will differ ` +
      `from an uninterrupted run's; --threads ${before} keeps them`,
  );
}

function lostCheckpoint({ last, best }: RunPaths): InputError {
  return new InputError(
    last,
    'is missing, though the run has saved it',
    `restore it, ${existsSync(best) ? `copy ${best} over it, ` : ''}or start the run anew in another --out folder`,
  );
}
