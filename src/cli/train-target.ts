import { requireWritable } from '../core/files.js';
import { targetSpec, trainedTarget } from '../report/targets/trained.js';
import type { Target } from '../theory/problem/target.js';
import type { NetworkName } from '../train/networks/index.js';
import { stopOnSignal } from './signals.js';
import { trainingLine } from './training-line.js';

/** Trains a network as a target, or takes its finished run; undefined if Ctrl-C stopped the training, which the exit code then says. */
export async function trainForTarget(
  network: NetworkName,
  root: string,
  silent: boolean,
): Promise<{ readonly target: Target; readonly run: string } | undefined> {
  requireWritable(`--runs ${root}`, root, 'folder');
  const stop = stopOnSignal('finishing the steps it has begun and saving');
  const line = trainingLine(targetSpec(network).epochs, silent);
  const { outcome, target } = await trainedTarget(network, {
    root,
    signal: stop.signal,
    callbacks: [line],
    began: line.began,
  }).finally(() => {
    line.stop();
    stop.release();
  });
  const run = outcome.paths.name;
  if (target !== undefined) return { target, run };
  process.stderr.write(`iterand: stopped while training ${run}; the same command goes on.\n`);
  process.exitCode = 130;
  return undefined;
}
