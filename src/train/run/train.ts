import { existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { InputError } from '../../core/errors.js';
import { takeLock } from '../../runs/lock.js';
import { type RunPaths, runPaths } from '../../runs/paths.js';
import { readJson, type StateRecord, writeJson } from '../../runs/state.js';
import { NonFiniteLossError } from '../engines/engine.js';
import type { LoopCallbacks } from '../loop/callbacks.js';
import { evaluateSplit, type Score } from '../loop/evaluate.js';
import { type LoopStanding, runLoop, startOfLoop } from '../loop/loop.js';
import { Randomizer } from '../loop/randomizer.js';
import { initialState } from '../prune/initial.js';
import { modeOf, TRAIN_SPEC, type TrainSpec, trainRunName } from '../spec/spec.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { openRecords } from './records.js';
import { capture, putBack, type RunParts } from './saving.js';
import { type Machine, type Setup, setUp } from './setup.js';
import { recordTimes } from './times.js';

/** How a run is carried out; no part of its id. What of {@link Machine} its bytes depend on is said there. */
export interface RunOptions extends Machine {
  /** Folder of all runs. */
  readonly root: string;
  /** A checkpoint is written after so many epochs (default 1), and after so many minutes (default 10). */
  readonly checkpointEpochs?: number;
  readonly checkpointMinutes?: number;
  /** Aborted: the run finishes its step, saves and stops. */
  readonly signal?: AbortSignal;
  readonly callbacks?: readonly LoopCallbacks[];
  /** Told what may make the result differ from an uninterrupted run's. */
  readonly warn?: (message: string) => void;
  /** Told once the run is set up: how many steps an epoch has, where it starts. */
  readonly began?: (standing: Readonly<LoopStanding>, stepsPerEpoch: number) => void;
}

/** What a finished run came to. The test split was evaluated once, on the state after the last epoch. */
export interface RunResult {
  readonly data: { readonly name: string; readonly fingerprint: string };
  readonly steps: number;
  /** Images left out because they could not be read. */
  readonly unreadable: readonly string[];
  readonly best: { readonly epoch: number; readonly hits: number };
  readonly test: Score;
}

/** How a call of {@link trainRun} ended. */
export type RunOutcome = { readonly paths: RunPaths } & (
  | { readonly state: 'finished'; readonly result: RunResult; readonly already: boolean }
  | { readonly state: 'stopped'; readonly standing: LoopStanding }
);

/** A training run ended because its loss was not finite; the state before that step is saved. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

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
    const release = takeLock(paths.lock);
    try {
      // Another process may have finished it between the look and the lock.
      const meanwhile = finished(paths);
      if (meanwhile) return meanwhile;
      removeTemporaries(paths);
      if (!existsSync(paths.spec)) writeJson(paths.spec, { ...TRAIN_SPEC, seed, spec });
      return await carryOut(spec, seed, paths, setup, options);
    } finally {
      release();
    }
  } finally {
    await setup.close();
  }
}

async function carryOut(
  spec: TrainSpec,
  seed: number,
  paths: RunPaths,
  setup: Setup,
  options: RunOptions,
): Promise<RunOutcome> {
  const { dataset, pipeline, engine } = setup;
  const { param, period, rate } = spec;
  const parts: RunParts = {
    of: { run: paths.name, fingerprint: dataset.fingerprint },
    engine,
    ...(period === undefined || rate === undefined
      ? {}
      : { randomizer: new Randomizer(engine, { seed, param, period, rate }) }),
  };
  const before = readJson(paths.state) as StateRecord | undefined;
  const saved = existsSync(paths.last) ? readCheckpoint(paths.last, parts.of) : undefined;
  if (!saved && before?.checkpoint) throw lostCheckpoint(paths);
  const threads = options.threads ?? availableParallelism();
  if (saved && spec.provider === 'cpu' && (before?.threads ?? threads) !== threads)
    options.warn?.(
      `${paths.name} goes on with ${threads} threads, not ${before?.threads} as before: the last bits of its values will differ ` +
        `from an uninterrupted run's; --threads ${before?.threads} keeps them`,
    );
  let standing: LoopStanding;
  if (saved) standing = putBack(parts, saved, paths.last);
  else {
    const { score: scores = 'ku' } = spec;
    for (const [name, data] of initialState(engine.network, modeOf(spec), { weights: param, scores, seed }))
      engine.write(name, data);
    standing = startOfLoop();
  }
  const records = openRecords(paths, saved?.standing.written ?? { steps: 0, epochs: 0 });
  const { steps, epochs } = records;
  const unreadable = () =>
    [...new Set([...(saved?.standing.unreadable ?? []), ...pipeline.unreadable().map((u) => u.file)])].sort();
  const save = (path: string) => {
    steps.sync();
    epochs.sync();
    const written = { steps: steps.length, epochs: epochs.length };
    writeCheckpoint(path, capture(parts, standing, { written, unreadable: unreadable() }));
  };
  const record: LoopCallbacks = {
    step: (step) => steps.append(step),
    epoch(epoch, best) {
      epochs.append(epoch);
      if (best) save(paths.best);
    },
  };
  let checkpoint = saved !== undefined;
  const state = (value: Pick<StateRecord, 'state' | 'reason'>) =>
    writeJson(paths.state, { ...value, threads, ...(checkpoint ? { checkpoint } : {}) });
  const saveLast = () => {
    save(paths.last);
    if (checkpoint) return;
    // After the checkpoint: killed between the two, the run goes on from it all the same.
    checkpoint = true;
    state({ state: 'running' });
  };
  try {
    state({ state: 'running' });
    const times = recordTimes(records.times, { step: standing.step, threads });
    options.began?.(standing, pipeline.batchesPerEpoch({ split: 'train', batch: spec.batch }));
    const { batch, evaluationBatch } = spec;
    const ended = await runLoop(
      { ...parts, pipeline, schedule: spec, batch, evaluationBatch, seed },
      standing,
      [record, times, ...(options.callbacks ?? []), saving(saveLast, standing, spec.epochs, options)],
    );
    if (ended === 'stopped') {
      saveLast();
      state({ state: 'stopped' });
      return { state: 'stopped', paths, standing };
    }
    saveLast();
    const test = await evaluateSplit(engine, pipeline, 'test', evaluationBatch);
    const result: RunResult = {
      data: { name: dataset.name, fingerprint: dataset.fingerprint },
      steps: standing.step,
      best: standing.best!,
      unreadable: unreadable(),
      test,
    };
    writeJson(paths.result, result);
    state({ state: 'finished' });
    return { state: 'finished', paths, result, already: false };
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    save(paths.failed);
    const reason = divergence(error, standing.step, standing.position.epoch);
    state({ state: 'failed', reason });
    throw new DivergedError(`${paths.name}: ${reason}. The state before it is in ${paths.failed}`);
  } finally {
    records.close();
  }
}

/** Saves by epoch and by minutes, and when asked to stop. */
function saving(save: () => void, standing: LoopStanding, last: number, options: RunOptions): LoopCallbacks {
  const { checkpointEpochs = 1, checkpointMinutes = 10, signal } = options;
  let saved = Date.now();
  return {
    between(ended) {
      if (signal?.aborted) return true;
      const { epoch } = standing.position;
      // What follows the last epoch is saved in any case.
      const due = ended && epoch < last && epoch % checkpointEpochs === 0;
      if (due || Date.now() - saved >= checkpointMinutes * 60_000) {
        save();
        saved = Date.now();
      }
      return false;
    },
  };
}

function finished(paths: RunPaths): RunOutcome | undefined {
  const result = readJson(paths.result) as RunResult | undefined;
  return result && { state: 'finished', paths, result, already: true };
}

function lostCheckpoint({ last, best }: RunPaths): InputError {
  return new InputError(
    last,
    'is missing, though the run has saved it',
    `restore it, ${existsSync(best) ? `copy ${best} over it, ` : ''}or start the run anew in another --out folder`,
  );
}

/** What a killed process was writing. A lock's temporary file may be a live process's that waits at the door. */
function removeTemporaries({ folder, lock }: RunPaths): void {
  for (const name of readdirSync(folder))
    if (name.endsWith('.tmp') && !name.startsWith(basename(lock)))
      rmSync(join(folder, name), { force: true });
}

/** One line on a step whose loss was not finite. */
export function divergence({ reason, norms }: NonFiniteLossError, step: number, epoch: number): string {
  const layers = Object.entries(norms)
    .filter(([name]) => /\.(weight|score)$/.test(name))
    .map(([name, norm]) => `${name} ${norm.toPrecision(4)}`);
  return `step ${step} (epoch ${epoch}): ${reason}; norms before it: ${layers.join(', ')}`;
}
