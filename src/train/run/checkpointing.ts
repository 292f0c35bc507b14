import { type StateRecord, writeState } from '../../runs/state.js';
import type { LoopCallbacks } from '../loop/callbacks.js';
import { RUN_DEFAULTS } from '../spec/defaults.js';
import type { BegunRun } from './begin.js';
import { writeCheckpoint } from './checkpoint.js';
import type { Records } from './records.js';
import { capture } from './saving.js';

/** Milliseconds between two looks at the lock. */
const LOCK_CHECK = 5000;

/** What a run writes while it trains: the record of each step and epoch, its checkpoints, its state. */
export class Checkpointing {
  #marked: boolean;
  #savedAt = Date.now();
  #checkedAt = performance.now();

  constructor(
    readonly run: BegunRun,
    readonly records: Records,
  ) {
    this.#marked = run.saved !== undefined;
  }

  /** Records steps and epochs, and saves the best epoch's state. Goes before other callbacks. */
  readonly recording: LoopCallbacks = {
    step: (step) => {
      this.#checkLock();
      this.records.steps.append(step);
    },
    epoch: async (epoch, best) => {
      this.records.epochs.append(epoch);
      if (best) await this.save(this.run.paths.best);
    },
  };

  /** Saves by epoch and by minutes, and stops the loop when asked to. Goes after other callbacks. */
  readonly saving: LoopCallbacks = {
    between: async (ended) => {
      const { options, spec, standing } = this.run;
      const { checkpointEpochs, checkpointMinutes, signal } = { ...RUN_DEFAULTS, ...options };
      if (signal?.aborted) return true;
      const { epoch } = standing.position;
      // What follows the last epoch is saved in any case.
      const due = ended && epoch < spec.epochs && epoch % checkpointEpochs === 0;
      if (due || Date.now() - this.#savedAt >= checkpointMinutes * 60_000) {
        await this.saveLast();
        this.#savedAt = Date.now();
      }
      return false;
    },
  };

  /** Images left out so far because they could not be read, sorted. */
  unreadable(): string[] {
    const { saved, setup } = this.run;
    const now = setup.pipeline.unreadable().map((u) => u.file);
    return [...new Set([...(saved?.standing.unreadable ?? []), ...now])].sort();
  }

  /** Writes a checkpoint of now, after the records before it. */
  async save(path: string): Promise<void> {
    this.run.lock.check();
    const { steps, epochs } = this.records;
    steps.sync();
    epochs.sync();
    const written = { steps: steps.written, epochs: epochs.written };
    const { parts, standing } = this.run;
    writeCheckpoint(path, await capture(parts, standing, { written, unreadable: this.unreadable() }));
  }

  /** Writes the checkpoint that the run is resumed from. */
  async saveLast(): Promise<void> {
    await this.save(this.run.paths.last);
    if (this.#marked) return;
    // After the checkpoint: killed between the two, the run goes on from it all the same.
    this.#marked = true;
    this.state({ state: 'running' });
  }

  /** A process that was held up may have lost its run to another. Not at every step: it is a file to read. */
  #checkLock(): void {
    if (performance.now() - this.#checkedAt < LOCK_CHECK) return;
    this.run.lock.check();
    this.#checkedAt = performance.now();
  }

  /** Writes the run's state. */
  state(value: Pick<StateRecord, 'state' | 'reason'>): void {
    const { paths, threads } = this.run;
    writeState(paths, { ...value, threads, ...(this.#marked ? { checkpoint: true } : {}) });
  }
}
