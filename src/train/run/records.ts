import * as v from 'valibot';
import { JsonLines, wholeLines } from '../../runs/lines.js';
import type { RunPaths } from '../../runs/paths.js';
import { count, finite, type RecordsSoFar, score } from './schemas.js';

/** The files that a run's records go to. */
export interface Records {
  readonly steps: JsonLines;
  readonly epochs: JsonLines;
  readonly times: JsonLines;
  close(): void;
}

/** Lines of `steps.jsonl`, each a `StepRecord`. */
export const STEPS = {
  schema: v.strictObject({ step: count, epoch: count, loss: finite, hits: count, examples: count }),
  number: 'step',
};
/** Lines of `epochs.jsonl`, each an `EpochRecord`. */
export const EPOCHS = {
  schema: v.strictObject({ epoch: count, learningRate: finite, train: score, validation: score }),
  number: 'epoch',
};

/** What a run that starts has written. */
export const NO_RECORDS: RecordsSoFar = { steps: { bytes: 0 }, epochs: { bytes: 0 } };

/**
 * Opens a run's records, all or none, cut back to what a checkpoint was written after; wall times are kept.
 *
 * @param written what that was
 * @throws InputError as {@link JsonLines} does
 */
export function openRecords(
  paths: Pick<RunPaths, 'steps' | 'epochs' | 'times'>,
  written: RecordsSoFar = NO_RECORDS,
): Records {
  const opened: JsonLines[] = [];
  const open = (...of: ConstructorParameters<typeof JsonLines>): JsonLines => {
    const lines = new JsonLines(...of);
    opened.push(lines);
    return lines;
  };
  const close = () => {
    for (const lines of opened) lines.close();
  };
  try {
    return {
      steps: open(paths.steps, written.steps, STEPS),
      epochs: open(paths.epochs, written.epochs, EPOCHS),
      times: open(paths.times, { bytes: wholeLines(paths.times) }),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
