import type { RunPaths } from '../../runs/paths.js';
import type { LoopCallbacks } from '../loop/callbacks.js';
import type { Score } from '../loop/evaluate.js';
import type { LoopStanding } from '../loop/loop.js';
import type { Machine } from './setup.js';

/** How a run is carried out; no part of its id. What of {@link Machine} its bytes depend on is said there. */
export interface RunOptions extends Machine {
  /** Folder of all runs. */
  readonly root: string;
  /** A checkpoint is written after so many epochs, and after so many minutes; by default those of `RUN_DEFAULTS`. */
  readonly checkpointEpochs?: number;
  readonly checkpointMinutes?: number;
  /** Aborted: the run finishes the steps it has begun, up to 16 on a GPU, saves and stops. */
  readonly signal?: AbortSignal;
  readonly callbacks?: readonly LoopCallbacks[];
  /** Told what may make the result differ from an uninterrupted run's. */
  readonly warn?: (message: string) => void;
  /** Told once the run is set up: where it starts, how many steps an epoch has, which of CUDA's devices computes, if one does. */
  readonly began?: (standing: Readonly<LoopStanding>, stepsPerEpoch: number, device?: string) => void;
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

/** How a call of `trainRun` ended. */
export type RunOutcome = { readonly paths: RunPaths } & (
  | { readonly state: 'finished'; readonly result: RunResult; readonly already: boolean }
  /** `saved`: false if it was stopped before its first step, and nothing was kept. */
  | { readonly state: 'stopped'; readonly standing: LoopStanding; readonly saved: boolean }
);

/** A training run ended because its loss was not finite; the state before that step is saved. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}
