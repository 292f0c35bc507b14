import { existsSync, readdirSync, statSync } from 'node:fs';
import { canonical } from '../runs/canonical.js';
import { lockHolder, lockState } from '../runs/lock.js';
import { type RunPaths, runPaths } from '../runs/paths.js';
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

/**
 * Reads how far the runs of a sweep are from their folders, whoever works on them. What is finished is read once, and what has not
 * changed since the look before is not read again.
 */
export class StatusReader {
  readonly #before = new Map<string, { readonly mark: string; readonly status: RunStatus }>();

  constructor(
    readonly kind: JobKind,
    readonly runs: readonly PlannedRun[],
    readonly root: string,
  ) {}

  read(): SweepStatus {
    // One look at the root tells which runs cannot have begun.
    const begun = new Set(existsSync(this.root) ? readdirSync(this.root) : []);
    const runs = this.runs.map((run) => this.#look(run, begun));
    const counts = { planned: 0, running: 0, stopped: 0, finished: 0, failed: 0, damaged: 0 };
    for (const { state } of runs) counts[state]++;
    const left = this.#left(runs);
    return { runs, counts, ...(left === undefined ? {} : { left }) };
  }

  #look(run: PlannedRun, begun: ReadonlySet<string>): RunStatus {
    const before = this.#before.get(run.name);
    if (before?.status.state === 'finished') return before.status;
    if (!begun.has(run.name.slice(0, run.name.indexOf('/'))))
      return { run, state: 'planned', units: this.kind.units(run.spec), done: 0 };
    const paths = runPaths(this.root, run.name);
    const mark = existsSync(paths.result) ? 'finished' : markOf(paths, this.kind.records(paths));
    if (before !== undefined && mark === before.mark) return before.status;
    const status = this.#statusOf(run, paths);
    // Damage may be mended at any time.
    if (status.state !== 'damaged') this.#before.set(run.name, { mark, status });
    return status;
  }

  #statusOf(run: PlannedRun, paths: RunPaths): RunStatus {
    const { kind } = this;
    const units = kind.units(run.spec);
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
    for (const { run, state, units, done, left } of tell) {
      const key = this.#key(run);
      if (!paces.has(key) || paces.get(key) !== undefined || done === 0) continue;
      if (state === 'running' && left !== undefined && done < units) paces.set(key, left / (units - done));
      if (state === 'finished') paces.set(key, this.kind.pace(runPaths(this.root, run.name)));
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

/** What changes when an open run goes on: its state, its records, who works on it. */
function markOf(paths: RunPaths, records: string): string {
  const of = (path: string) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? '' : `${found.size} ${found.mtimeMs}`;
  };
  const { state, text } = lockState(paths.lock);
  const holder = state === 'free' ? '' : text?.replace(/"beat":"\d+"/, '');
  return [of(paths.state), of(records), holder].join('|');
}
