import { flagWords, shellWord } from '../core/shell.js';
import type { LoopCallbacks } from '../train/loop/callbacks.js';
import { DivergedError, type RunOptions, type RunOutcome } from '../train/run/outcome.js';
import { trainRun } from '../train/run/train.js';
import type { TrainSpec } from '../train/spec/spec.js';
import { warn } from './options.js';
import { stopOnSignal } from './signals.js';
import { trainingLine } from './training-line.js';

/** Trains a run to its end or to Ctrl-C, with a live line, and prints what came out. */
export async function carryOutRun(
  spec: TrainSpec,
  seed: number,
  options: RunOptions,
  json: boolean,
): Promise<void> {
  const stop = stopOnSignal('finishing the steps it has begun and saving');
  const line = trainingLine(spec.epochs, json);
  const callbacks: LoopCallbacks[] = [line];
  await reportingDivergence(async () => {
    const outcome = await trainRun(spec, seed, {
      ...options,
      signal: stop.signal,
      callbacks,
      began: (standing, stepsPerEpoch, device) => {
        if (!json && device !== undefined) process.stderr.write(`iterand: it computes on ${device}.\n`);
        line.began(standing, stepsPerEpoch);
      },
      warn,
    }).finally(() => {
      line.stop();
      stop.release();
    });
    process.stdout.write(json ? `${JSON.stringify(outcome, null, 2)}\n` : summary(outcome, spec, options));
    if (outcome.state === 'stopped') process.exitCode = 130;
  });
}

/** Does work of the command; a loss that is not finite ends it with a line and exit code 1. */
export async function reportingDivergence(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    process.stderr.write(
      `iterand: ${error.message}. Lower --learning-rate, or check the data for values that are not finite.\n`,
    );
    process.exitCode = 1;
  }
}

/** What a person is told of a run that ended or stopped. */
export function summary(outcome: RunOutcome, spec: TrainSpec, options: RunOptions): string {
  const { paths } = outcome;
  if (outcome.state === 'stopped') {
    if (!outcome.saved) return 'stopped before the first step; nothing was written\n';
    const { epoch, batch } = outcome.standing.position;
    const where =
      epoch === spec.epochs
        ? `after the last of ${epoch} epochs, before the test split`
        : `in epoch ${epoch + 1} of ${spec.epochs} after ${batch} batches`;
    return `stopped ${where}, saved in ${paths.folder}
resume:  npx iterand train --resume ${shellWord(paths.name)}${flags(options)}
`;
  }
  const { test, best, data, unreadable } = outcome.result;
  const percent = (100 * test.accuracy).toFixed(2);
  return [
    `${paths.folder}${outcome.already ? ' (finished before; not run again)' : ''}`,
    `test accuracy after epoch ${spec.epochs}: ${percent} % (${test.hits} of ${test.examples}, ${data.name}), loss ${test.loss.toFixed(4)}`,
    `best by validation: epoch ${best.epoch + 1}`,
    ...(unreadable.length > 0
      ? [`${unreadable.length} images could not be read: ${unreadable.slice(0, 5).join(', ')}`]
      : []),
    '',
  ].join('\n');
}

/** The flags that a resumed run must be given again, none of which its settings hold. */
function flags(options: RunOptions): string {
  const { root, dataFolder, threads, device, workers } = options;
  const { unreadable, checkpointEpochs, checkpointMinutes } = options;
  const given = {
    out: root === 'runs' ? undefined : root,
    ...{ dataFolder, threads, device, workers, unreadable, checkpointEpochs, checkpointMinutes },
  };
  return Object.entries(given)
    .flatMap(([key, value]) => flagWords(key, value))
    .map((word) => ` ${shellWord(word)}`)
    .join('');
}
