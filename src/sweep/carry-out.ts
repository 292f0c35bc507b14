import { setTimeout as sleep } from 'node:timers/promises';
import { LockedError, lockState, silentLock } from '../runs/lock.js';
import { runPaths } from '../runs/paths.js';
import type { JobEnd, JobKind, JobMachine, JobOptions, JobProgress } from './job.js';
import type { PlannedRun } from './plan.js';

/** How a run of a sweep ended: `elsewhere`: another process works on it. */
export type RunEnd =
  | { readonly state: 'finished'; readonly already: boolean }
  | { readonly state: 'stopped' }
  | { readonly state: 'elsewhere' }
  | { readonly state: 'failed'; readonly reason: string };

/** Told what happens in a sweep. */
export interface SweepListener {
  progress?(run: PlannedRun, progress: JobProgress): void;
  ended?(run: PlannedRun, end: RunEnd): void;
  warn?(message: string): void;
}

/** Carries out one run at a time. */
export interface Lane {
  run(run: PlannedRun, options: Pick<JobOptions, 'signal' | 'progress' | 'warn'>): Promise<JobEnd>;
  close(): Promise<void>;
}

export interface CarryOutOptions {
  /** Folder of all runs. */
  readonly root: string;
  readonly machine?: JobMachine;
  /** Aborted: no run is begun any more, those under way save and stop. */
  readonly signal?: AbortSignal;
  readonly listener?: SweepListener;
  /** Who carry runs out at the same time; by default this process, one after the other. */
  readonly lanes?: readonly Lane[];
  /** Milliseconds between two heartbeats of a lock; default 5,000. */
  readonly beat?: number;
}

/** How many runs ended in each way. */
export type SweepOutcome = Readonly<Record<RunEnd['state'], number>>;

/**
 * Carries out runs of one kind, in their order. A run that is finished is not run again, and one that another process works on is left
 * to it; so several processes, on one machine or many, may be set on the same runs. A failed run does not keep others from being run.
 */
export async function carryOut(
  kind: JobKind,
  runs: readonly PlannedRun[],
  options: CarryOutOptions,
): Promise<SweepOutcome> {
  const { signal, listener = {}, lanes = [laneHere(kind, options)] } = options;
  const counts = { finished: 0, stopped: 0, elsewhere: 0, failed: 0 };
  const ended = (run: PlannedRun, end: RunEnd): void => {
    counts[end.state]++;
    listener.ended?.(run, end);
  };
  /** Gives each lane the next run as long as there is one. */
  const work = async (
    of: readonly PlannedRun[],
    lock: 'skip' | 'wait',
    locked: (run: PlannedRun) => void,
  ) => {
    const queue = [...of];
    const follow = async (lane: Lane): Promise<void> => {
      while (queue.length > 0 && !signal?.aborted) {
        const run = queue.shift()!;
        const end = await endOf(kind, run, lane, lock, options);
        if (end.state === 'elsewhere') locked(run);
        else ended(run, end);
      }
    };
    await Promise.all(lanes.map(follow));
  };
  const leave = (run: PlannedRun) => ended(run, { state: 'elsewhere' });
  try {
    const locked: PlannedRun[] = [];
    await work(runs, 'skip', (run) => locked.push(run));
    const { open, held } = await lookAgain(locked, options);
    held.forEach(leave);
    await work(open, 'wait', leave);
    return counts;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

async function endOf(
  kind: JobKind,
  run: PlannedRun,
  lane: Lane,
  lock: 'skip' | 'wait',
  { root, signal, listener = {} }: CarryOutOptions,
): Promise<RunEnd> {
  const paths = runPaths(root, run.name);
  try {
    if (kind.isFinished(paths)) return { state: 'finished', already: true };
    if (lock === 'skip' && lockState(paths.lock).state !== 'free') return { state: 'elsewhere' };
    return await lane.run(run, {
      ...(signal === undefined ? {} : { signal }),
      progress: (progress) => listener.progress?.(run, progress),
      warn: (message) => listener.warn?.(message),
    });
  } catch (error) {
    if (error instanceof LockedError) {
      const silent = silentLock(paths.lock);
      if (silent) listener.warn?.(silent.message);
      return { state: 'elsewhere' };
    }
    return { state: 'failed', reason: (error as Error).message };
  }
}

/**
 * Runs that were found locked, once nothing else is left to do: `held` by a process that lives, or `open` to be tried. Heartbeats of
 * holders on other machines are watched all at once, so that this takes seconds however many there are.
 */
async function lookAgain(
  locked: readonly PlannedRun[],
  { root, signal, beat = 5000 }: CarryOutOptions,
): Promise<{ open: PlannedRun[]; held: PlannedRun[] }> {
  const look = () => locked.map(({ name }) => lockState(runPaths(root, name).lock));
  const before = look();
  if (locked.length > 0) {
    // A living holder's heartbeat has changed after two; one here that was told to stop mostly has in less.
    const pause = before.some(({ state }) => state === 'unknown') ? 2.2 * beat : 0.6 * beat;
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
  const now = look();
  const lives = (i: number) =>
    now[i]!.state === 'alive' || (now[i]!.state === 'unknown' && now[i]!.text !== before[i]!.text);
  return { open: locked.filter((_, i) => !lives(i)), held: locked.filter((_, i) => lives(i)) };
}

/** This process as a lane. */
function laneHere(kind: JobKind, { root, machine = {} }: CarryOutOptions): Lane {
  return {
    run: ({ spec, seed }, options) => kind.run(spec, seed, { root, machine, ...options }),
    close: async () => {},
  };
}
