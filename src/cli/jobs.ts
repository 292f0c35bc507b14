import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { JobKind, JobMachine } from '../sweep/job.js';
import type { PlannedRun, SweepPlan } from '../sweep/plan.js';
import { trainingJobs } from '../sweep/training.js';
import type { TrainSpec } from '../train/spec/spec.js';
import { pick, requireMachineUsed } from './machine.js';
import { refuseUnused, threadsOption } from './options.js';
import { lawJobs, simulateJobs } from './theory-jobs.js';

/** The kinds of work that a sweep file may name as its `job`. */
export const jobKinds: readonly JobKind[] = [trainingJobs, simulateJobs, lawJobs];

/** Refuses flags that a run of a kind has no use for. */
const requireUsed: Readonly<Record<string, (command: Command, spec: object) => void>> = {
  train: (command, spec) => requireMachineUsed(command, spec as TrainSpec),
  simulate: theoryUses,
  law: theoryUses,
};

function theoryUses(command: Command): void {
  const unused = JOB_OPTIONS.filter((key) => key !== 'threads');
  refuseUnused(command, 'trials of the theory', unused, 'they have no images and no checkpoints');
}

/** Refuses a flag that no run has a use for; one that some have is theirs. */
export function requireUsedBySome(command: Command, { kind }: SweepPlan, runs: readonly PlannedRun[]): void {
  let refusal: unknown;
  for (const { spec } of runs) {
    try {
      requireUsed[kind.name]!(command, spec);
      return;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

/** Threads of each of `jobs` runs that share this machine, or what a batch system gives of it; undefined where one run has all of it. */
export function sharedThreads(jobs: number, env: NodeJS.ProcessEnv = process.env): number | undefined {
  const given = Number(env.SLURM_CPUS_ON_NODE);
  const cores = given > 0 ? Math.min(given, availableParallelism()) : availableParallelism();
  return jobs === 1 && cores === availableParallelism() ? undefined : Math.max(1, Math.floor(cores / jobs));
}

/** An option that says how many runs are carried out at a time. */
export const jobsOption = () =>
  threadsOption('--jobs <n>', 'runs at a time; each has its share of the cores as threads').default(1);

/** Options that a run of a sweep is given, by their keys. */
export const JOB_OPTIONS = [
  ...['dataFolder', 'threads', 'workers', 'unreadable'],
  ...['checkpointEpochs', 'checkpointMinutes'],
] as readonly (keyof JobMachine)[];

/** What each of so many runs at a time is given. */
export function jobMachine(options: JobMachine & { readonly jobs: number }): JobMachine {
  const threads = options.threads ?? sharedThreads(options.jobs);
  return { ...pick(options, JOB_OPTIONS), ...(threads === undefined ? {} : { threads }) };
}
