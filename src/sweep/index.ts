/**
 * Sweeps: many runs planned from a grid, carried out one after the other or by processes that share them, and watched from their folders;
 * what `iterand sweep` does, for programs. Every error that a caller can cause is an {@link InputError}.
 */
export { InputError } from '../core/errors.js';
export { LockedError } from '../runs/lock.js';
export { type RunPaths, runPaths } from '../runs/paths.js';
export { RUN_STATES, type RunState } from '../runs/state.js';
export {
  type CarryOutOptions,
  carryOut,
  type Lane,
  type RunEnd,
  type SweepListener,
  type SweepOutcome,
} from './carry-out.js';
export type { JobCost, JobEnd, JobKind, JobMachine, JobOptions, JobProgress } from './job.js';
export { type PlannedRun, planSweep, requireRunnable, runText, type SweepPlan } from './plan.js';
export { type ResultJob, resultJobs } from './result-jobs.js';
export { selectRuns } from './select.js';
export { requireUnchanged, type SweepPaths, startSweep, sweepPaths } from './started.js';
export { type RunStatus, StatusReader, type SweepStatus } from './status.js';
export type { Settings } from './sweep-file.js';
export { trainingJobs } from './training.js';
