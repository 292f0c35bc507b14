import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { LockedError } from '../runs/lock.js';
import type { Lane } from './carry-out.js';
import type { JobCost, JobEnd, JobKind, JobMachine, JobOptions } from './job.js';
import type { LaneOrder, LaneReport, LaneWork } from './messages.js';
import type { PlannedRun } from './plan.js';

/** A process of its own that carries out runs one after the other. One that a run takes down (no memory left) is replaced for the next. */
export class ProcessLane implements Lane {
  #process: ChildProcess | undefined;

  /**
   * @param entry module that calls `serveLane`
   * @param machine what each run is given
   */
  constructor(
    readonly entry: URL,
    readonly kind: JobKind,
    readonly root: string,
    readonly machine: JobMachine,
  ) {}

  async run(run: PlannedRun, options: Pick<JobOptions, 'signal' | 'progress' | 'warn'>): Promise<JobEnd> {
    const report = await this.#order({ type: 'run', work: this.#work(run) }, options);
    if (report.type !== 'end') throw new Error(`a lane answered a run with ${report.type}`);
    return report.end;
  }

  /** What a run takes, in a process that has done nothing before. */
  async measure(run: PlannedRun): Promise<JobCost> {
    await this.close();
    const report = await this.#order({ type: 'measure', work: this.#work(run) }, {});
    if (report.type !== 'cost') throw new Error(`a lane answered a measurement with ${report.type}`);
    return report.cost;
  }

  async close(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    // Without its parent it has nothing to do.
    child.disconnect();
    await ended;
  }

  #work({ spec, seed }: PlannedRun): LaneWork {
    return { kind: this.kind.name, spec, seed, root: this.root, machine: this.machine };
  }

  /** The process, begun if there is none. */
  #begun(): ChildProcess {
    if (this.#process !== undefined) return this.#process;
    // Of a group of its own: the terminal's Ctrl-C is for the parent, which tells it to stop.
    const child = fork(this.entry, { stdio: ['ignore', 2, 2, 'ipc'], detached: true });
    const kill = () => void child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => {
      process.off('exit', kill);
      if (this.#process === child) this.#process = undefined;
    });
    this.#process = child;
    return child;
  }

  #order(
    order: LaneOrder,
    { signal, progress, warn }: Pick<JobOptions, 'signal' | 'progress' | 'warn'>,
  ): Promise<LaneReport> {
    const child = this.#begun();
    const stop = () => void child.send({ type: 'stop' } satisfies LaneOrder);
    return new Promise<LaneReport>((resolve, reject) => {
      const heard = (report: LaneReport) => {
        if (report.type === 'progress') progress?.(report.progress);
        else if (report.type === 'warning') warn?.(report.message);
        else {
          leave();
          if (report.type === 'error') reject(errorOf(report));
          else resolve(report);
        }
      };
      const died = (code: number | null, name: NodeJS.Signals | null) => {
        leave();
        reject(
          new Error(
            `its process was ended (${name ?? `exit code ${code}`})${name === 'SIGKILL' ? '; was memory short?' : ''}`,
          ),
        );
      };
      const failed = (error: Error) => {
        leave();
        reject(error);
      };
      const leave = () => {
        child.off('message', heard).off('exit', died).off('error', failed);
        signal?.removeEventListener('abort', stop);
      };
      child.on('message', heard).on('exit', died).on('error', failed);
      signal?.addEventListener('abort', stop);
      child.send(order);
    });
  }
}

/** An error as it was in the other process, as far as anyone here looks at it. */
const errorOf = ({ locked, message }: Extract<LaneReport, { type: 'error' }>): Error =>
  locked ? new LockedError('a run', message, 'wait for it') : new Error(message);
