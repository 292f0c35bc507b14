import type { Progress } from '../../core/progress.js';
import type { Dataset } from './dataset.js';
import type { Unreadable } from './decode.js';

/** What reading every image of a set found. */
export interface CheckResult {
  readonly images: number;
  /** In the order of the images. */
  readonly unreadable: readonly Unreadable[];
}

/** Reads every image of a dataset, several at a time; a set in memory was checked when it was opened. */
export async function checkDataset(dataset: Dataset, progress?: Progress): Promise<CheckResult> {
  const { source, labels } = dataset;
  if (source.kind === 'pixels') return { images: labels.length, unreadable: [] };
  const { decodeImage } = await import('./decode.js');
  const failures = new Map<number, Unreadable>();
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < source.files.length) {
      const i = next++;
      const file = source.files[i]!;
      await decodeImage(file, dataset.channels).catch((error: Error) => {
        failures.set(i, { file, reason: error.message });
      });
      progress?.(++done, source.files.length);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  const unreadable = [...failures].sort(([a], [b]) => a - b).map(([, failure]) => failure);
  return { images: source.files.length, unreadable };
}
