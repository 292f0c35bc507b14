import { JsonLines, wholeLines } from '../../runs/lines.js';
import type { RunPaths } from '../../runs/paths.js';

/** The files that a run's records go to. */
export interface Records {
  readonly steps: JsonLines;
  readonly epochs: JsonLines;
  readonly times: JsonLines;
  close(): void;
}

/**
 * Opens a run's records, all or none, cut back to what a checkpoint was written after; wall times are kept.
 *
 * @throws InputError as {@link JsonLines} does
 */
export function openRecords(
  paths: Pick<RunPaths, 'steps' | 'epochs' | 'times'>,
  written: { readonly steps: number; readonly epochs: number },
): Records {
  const opened: JsonLines[] = [];
  const open = (path: string, keep: number): JsonLines => {
    const lines = new JsonLines(path, keep);
    opened.push(lines);
    return lines;
  };
  const close = () => {
    for (const lines of opened) lines.close();
  };
  try {
    return {
      steps: open(paths.steps, written.steps),
      epochs: open(paths.epochs, written.epochs),
      times: open(paths.times, wholeLines(paths.times)),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
