import { Participant } from '../lib/participant.js';
import { deviceMemoryInUse } from './machine.js';
import type { Speed } from './report.js';

const WARM_UP = 2;
const PIECES = 10;

/** How a participant is started. */
export interface Measurement extends Pick<Speed, 'path' | 'network' | 'width' | 'batch'> {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Measures a participant's training steps in up to ten pieces.
 *
 * @param steps in all, after two that warm up
 * @param limit seconds after which no further piece is begun
 */
export async function measure(
  { command, environment, ...what }: Measurement,
  steps: number,
  limit: number,
): Promise<Speed> {
  const before = deviceMemoryInUse();
  const participant = await Participant.start(
    { side: what.path.startsWith('pytorch') ? 'pytorch' : 'iterand', variant: what.path },
    command,
    environment,
  );
  try {
    await participant.steps(WARM_UP);
    const rates: number[] = [];
    let [done, seconds] = [0, 0];
    let last = { loss: Number.NaN as number | null, peak_bytes: 0 };
    for (let piece = 0; piece < PIECES && done < steps && (piece === 0 || seconds < limit); piece++) {
      // Slow steps make short pieces.
      const pace = done === 0 ? 0 : seconds / done;
      const fair = Math.ceil((steps - done) / (PIECES - piece));
      const count =
        pace === 0 ? Math.min(fair, 2) : Math.max(1, Math.min(fair, Math.floor(limit / PIECES / pace)));
      last = await participant.steps(count).then((measured) => {
        rates.push((what.batch * count) / measured.seconds);
        done += count;
        seconds += measured.seconds;
        return measured;
      });
    }
    const sorted = rates.sort((a, b) => a - b);
    const after = deviceMemoryInUse();
    const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
    return {
      ...what,
      steps: done,
      imagesPerSecond: middle,
      slowest: sorted[0]!,
      fastest: sorted.at(-1)!,
      loss: last.loss,
      peakBytes: last.peak_bytes,
      deviceBytes: before === undefined || after === undefined ? null : Math.max(0, after - before),
    };
  } finally {
    await participant.stop();
  }
}
