import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { packageVersion } from '../../core/version.js';
import type { JsonLines } from '../../runs/lines.js';
import type { RunPaths } from '../../runs/paths.js';
import type { LoopCallbacks } from '../loop/callbacks.js';

/** Wall times of one process's part of a run, appended to what earlier ones recorded. */
export function recordTimes(
  lines: JsonLines,
  start: { readonly step: number; readonly threads: number; readonly device?: string | undefined },
): LoopCallbacks {
  const began = performance.now();
  let images = 0;
  let training = 0;
  let from = began;
  lines.append({
    began: new Date().toISOString(),
    step: start.step,
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? 'unknown',
    threads: start.threads,
    ...(start.device === undefined ? {} : { device: start.device }),
    iterand: packageVersion(),
  });
  return {
    step({ examples }) {
      const now = performance.now();
      images += examples;
      training += now - from;
      from = now;
    },
    epoch({ epoch }) {
      const now = performance.now();
      lines.append({
        epoch,
        secondsSinceStart: (now - began) / 1000,
        images,
        trainingSeconds: training / 1000,
        // None where an epoch's steps were all taken before a resume.
        ...(images > 0 ? { imagesPerSecond: images / (training / 1000) } : {}),
      });
      images = 0;
      training = 0;
      from = now;
    },
  };
}

/** Seconds that the run's newest whole epoch took, validation included; undefined if no process has ended one. */
export function secondsOfLastEpoch({ times }: RunPaths): number | undefined {
  if (!existsSync(times)) return undefined;
  const lines = readFileSync(times, 'utf8').trimEnd().split('\n').slice(-2).map(parsed);
  const [before, last] = lines.length === 2 ? lines : [undefined, lines[0]];
  const seconds = (line: Times | undefined) => line?.secondsSinceStart;
  const end = seconds(last);
  // The first epoch of a process is timed from its start, which a line without an epoch stands for.
  return end === undefined ? undefined : end - (seconds(before) ?? 0);
}

interface Times {
  readonly secondsSinceStart?: number;
}

/** Wall times decide nothing: a line that cannot be read tells nothing. */
function parsed(line: string): Times | undefined {
  try {
    const { secondsSinceStart } = JSON.parse(line) as Times;
    return typeof secondsSinceStart === 'number' ? { secondsSinceStart } : undefined;
  } catch {
    return undefined;
  }
}
