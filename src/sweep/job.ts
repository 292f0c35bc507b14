import type { RunPaths } from '../runs/paths.js';

/** What a process gives to the runs of a sweep; no part of their ids. */
export interface JobMachine {
  readonly dataFolder?: string;
  /** Threads that a run computes with. */
  readonly threads?: number;
  /** Which of CUDA's devices, of runs that compute on one. */
  readonly device?: number;
  /** Threads that make a run's batches. */
  readonly workers?: number;
  readonly unreadable?: 'stop' | 'skip';
  readonly checkpointEpochs?: number;
  readonly checkpointMinutes?: number;
}

/** How far a run is. */
export interface JobProgress {
  /** Of its units: epochs, trials. */
  readonly done: number;
  /** The newest there is of what it is about, a fraction: validation accuracy, success rate. */
  readonly rate?: number;
  /** What it came to, a fraction: test accuracy, success rate. */
  readonly result?: number;
}

export interface JobOptions {
  /** Folder of all runs. */
  readonly root: string;
  readonly machine?: JobMachine;
  /** Aborted: the run saves where it stands and stops. */
  readonly signal?: AbortSignal;
  /** Told as the run begins, and as its units end. */
  readonly progress?: (progress: JobProgress) => void;
  readonly warn?: (message: string) => void;
}

/** How carrying out a run ended; `already`: it had been finished before. What goes wrong is thrown. */
export type JobEnd =
  | { readonly state: 'finished'; readonly already: boolean }
  | { readonly state: 'stopped' };

/** What a run takes, measured. */
export interface JobCost {
  /** Of one unit. */
  readonly secondsPerUnit: number;
  /** Of the whole beside its units. */
  readonly secondsBeside: number;
  /** Largest resident memory of the process that measured, in bytes. */
  readonly memory: number;
}

/** A kind of work that sweeps consist of. A run of it is fixed by its spec and seed, and lies in a folder of its own. */
export interface JobKind<Spec extends object = object> {
  /** As a sweep file calls it, e.g. `train`. */
  readonly name: string;
  /** Folder of its runs where none is named. */
  readonly root: string;
  /** What a sweep may set. */
  readonly keys: readonly string[];
  /** What progress counts, e.g. `epochs`. */
  readonly unit: string;
  /** The spec of some settings, defaults filled in. @throws InputError that names what is wrong */
  resolve(settings: Readonly<Record<string, unknown>>): Spec;
  /** What takes more than a look at each setting, before anything is written. @throws InputError that names what is wrong */
  check?(spec: Spec): Promise<void>;
  /** `<label>-<id>/seed-<seed>`: its folder under the root. */
  runName(spec: Spec, seed: number): string;
  /** Units of one run. */
  units(spec: Spec): number;
  /** Whether the run has its result. @throws InputError if that is damaged */
  isFinished(paths: RunPaths): boolean;
  /**
   * Carries the run out to its end: begins it, goes on with it, or finds it finished.
   *
   * @throws LockedError if another process works on it
   */
  run(spec: Spec, seed: number, options: JobOptions): Promise<JobEnd>;
  /** The settings that the cost of a unit follows from: runs that share them are measured once. */
  costKey(spec: Spec): object;
  /** Measures what a run takes; writes nothing. */
  measure(spec: Spec, seed: number, machine: JobMachine): Promise<JobCost>;
  /** What the run's folder tells without work: units done, newest rate. @throws InputError that names a damaged file */
  progressOf(paths: RunPaths, spec: Spec): JobProgress;
  /** The file that grows as units end. */
  records(paths: RunPaths): string;
  /** Seconds that its last unit took, by its wall times; undefined if it tells none. */
  pace(paths: RunPaths): number | undefined;
}
