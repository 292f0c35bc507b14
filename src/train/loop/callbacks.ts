import type { Chunks } from '../engines/engine.js';
import type { Score } from './evaluate.js';

/** One training step, from before its update. */
export interface StepRecord {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly hits: number;
  readonly examples: number;
}

/** One epoch: means over its training steps, and the validation split after it. */
export interface EpochRecord {
  readonly epoch: number;
  readonly learningRate: number;
  readonly train: Score;
  readonly validation: Score;
}

/** What happens along the loop. Each is awaited; an error ends the loop. */
export interface LoopCallbacks {
  /**
   * Told of every step in turn. Where the engine takes several at once ({@link Chunks}), that is after all of them: its state is then the
   * one after the last.
   */
  step?(record: StepRecord): void | Promise<void>;
  /** `best`: it has the best validation accuracy so far. The standing is that of the next epoch's start. */
  epoch?(record: EpochRecord, best: boolean): void | Promise<void>;
  /** After every step and what belongs to it, or after several that the engine took at once; true stops the loop there. `ended`: an epoch is over. */
  between?(ended: boolean): boolean | Promise<boolean>;
}
