import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../core/progress.js';

/** A progress bar on stderr; call `stop` when the work is over, also when it failed. */
export interface ProgressBar {
  readonly update: Progress;
  stop(): void;
}

/**
 * A bar with the estimated time left on a terminal, a plain line every five seconds elsewhere.
 *
 * @param label what goes on, e.g. `deciding claims`
 * @param silent draw nothing (for `--json`)
 */
export function progressBar(label: string, silent = false): ProgressBar {
  if (silent) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage} % · {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(done, total) {
      if (started) bar.setTotal(total);
      else bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/** Progress of reading the images of a folder to know them by their content, on a bar that ends with them. */
export function readingImages(): Progress {
  const bar = progressBar('reading images');
  return (done, total) => {
    bar.update(done, total);
    if (done === total) bar.stop();
  };
}
