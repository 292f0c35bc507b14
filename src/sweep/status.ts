import { existsSync, readdirSync } from 'node:fs';
import { canonical } from '../runs/canonical.js';
import { lockHolder } from '../runs/lock.js';
import { runPaths } from '../runs/paths.js';
import { type RunState, readState } from '../runs/state.js';
import type { JobKind, JobProgress } from './job.js';
import type { PlannedRun } from './plan.js';

/** Where a run of a sweep stands. */
export interface RunStatus extends JobProgress {
  readonly run: PlannedRun;
  readonly state: RunState | 'damaged';
  /** Why it failed, or what is damaged. */
  readonly reason?: string;
  /** How many units it has. */
  readonly units: number;
  /** The machine of the process that works on it. */
  readonly host?: string;
  /** Seconds to its end, while it runs and has ended a unit. */
  readonly left?: number;
}

/** Where a sweep stands. */
export interface SweepStatus {
  readonly runs: readonly RunStatus[];
  readonly counts: Readonly<Record<RunStatus['state'], number>>;
  /** Seconds to the end of all runs if as many go on at a time as do now; undefined where no run tells. */
  readonly left?: number;
}

/** Reads how far the runs of a sweep are from their folders, whoever works on them. What is finished is read once. */
export class StatusReader {
  readonly #finished = new Map<string, RunStatus>();

  constructor(
    readonly kind: JobKind,
    readonly runs: readonly PlannedRun[],
    readonly root: string,
  ) {}

  read(): SweepStatus {
    // One look at the root tells which runs cannot have begun.
    const begun = new Set(existsSync(this.root) ? readdirSync(this.root) : []);
    const runs = this.runs.map((run) => this.#finished.get(run.name) ?? this.#statusOf(run, begun));
    for (const status of runs) if (status.state === 'finished') this.#finished.set(status.run.name, status);
    const counts = { planned: 0, running: 0, stopped: 0, finished: 0, failed: 0, damaged: 0 };
    for (const { state } of runs) counts[state]++;
    const left = this.#left(runs);
    return { runs, counts, ...(left === undefined ? {} : { left }) };
  }

  #statusOf(run: PlannedRun, begun: ReadonlySet<string>): RunStatus {
    const { kind } = this;
    const units = kind.units(run.spec);
    if (!begun.has(run.name.slice(0, run.name.indexOf('/'))))
      return { run, state: 'planned', units, done: 0 };
    const paths = runPaths(this.root, run.name);
    try {
      const { state, reason } = readState(paths);
      const progress = state === 'planned' ? { done: 0 } : kind.progressOf(paths, run.spec);
      const status = { run, state, units, ...progress, ...(reason === undefined ? {} : { reason }) };
      if (state !== 'running') return status;
      const pace = progress.done === 0 ? undefined : kind.pace(paths);
      const host = lockHolder(paths.lock)?.host;
      return {
        ...status,
        ...(host === undefined ? {} : { host }),
        ...(pace === undefined ? {} : { left: pace * (units - progress.done) }),
      };
    } catch (error) {
      return { run, state: 'damaged', reason: (error as Error).message, units, done: 0 };
    }
  }

  /** Of what is left, runs of settings that no run has told the pace of count as the mean of the others. */
  #left(runs: readonly RunStatus[]): number | undefined {
    const open = runs.filter(
      ({ state }) => state === 'planned' || state === 'running' || state === 'stopped',
    );
    const running = open.filter(({ state }) => state === 'running').length;
    if (open.length === 0) return 0;
    if (running === 0) return undefined;
    const paces = this.#paces(runs, open);
    const known = [...paces.values()].filter((pace) => pace !== undefined);
    if (known.length === 0) return undefined;
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const seconds = open.reduce(
      (sum, { run, units, done }) => sum + (paces.get(this.#key(run)) ?? mean) * (units - done),
      0,
    );
    return seconds / running;
  }

  /** Seconds a unit by the settings of the open runs that it follows from: of a running one, else of one that is finished. */
  #paces(runs: readonly RunStatus[], open: readonly RunStatus[]): Map<string, number | undefined> {
    const paces = new Map<string, number | undefined>(open.map(({ run }) => [this.#key(run), undefined]));
    const tell = [...runs].sort((a, b) => Number(b.state === 'running') - Number(a.state === 'running'));
    for (const { run, state, done } of tell) {
      const key = this.#key(run);
      if (!paces.has(key) || paces.get(key) !== undefined || done === 0) continue;
      if (state === 'running' || state === 'finished')
        paces.set(key, this.kind.pace(runPaths(this.root, run.name)));
    }
    return paces;
  }

  readonly #keys = new Map<object, string>();
  #key({ spec }: PlannedRun): string {
    const known = this.#keys.get(spec) ?? canonical(this.kind.costKey(spec));
    this.#keys.set(spec, known);
    return known;
  }
}
