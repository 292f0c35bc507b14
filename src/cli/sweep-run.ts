import { requireWritable } from '../core/files.js';
import { runPaths } from '../runs/paths.js';
import { carryOut, type RunEnd, type SweepListener, type SweepOutcome } from '../sweep/carry-out.js';
import type { JobKind, JobMachine } from '../sweep/job.js';
import type { PlannedRun, SweepPlan } from '../sweep/plan.js';
import { startSweep } from '../sweep/started.js';
import { warn } from './options.js';
import { stopOnSignal } from './train-run.js';

interface Settings {
  readonly root: string;
  readonly machine: JobMachine;
  readonly json: boolean;
}

/**
 * Carries out runs of a sweep, and prints how they went. The exit code becomes 1 if a run failed, 130 after Ctrl-C.
 *
 * @param source the text of the sweep file
 */
export async function carryOutSweep(
  plan: SweepPlan,
  runs: readonly PlannedRun[],
  source: string,
  { root, machine, json }: Settings,
): Promise<SweepOutcome> {
  requireWritable(`--out ${root}`, root, 'folder');
  startSweep(root, plan, source);
  const stop = stopOnSignal('the runs save and stop');
  try {
    const outcome = await carryOut(plan.kind, runs, {
      root,
      machine,
      signal: stop.signal,
      listener: json ? {} : linesOnStderr(plan.kind, runs.length, root),
    });
    if (outcome.failed > 0) process.exitCode = 1;
    if (stop.signal.aborted) process.exitCode = 130;
    process.stdout.write(
      json
        ? `${JSON.stringify({ name: plan.name, runs: runs.length, ...outcome }, null, 2)}\n`
        : summary(runs.length, outcome),
    );
    return outcome;
  } finally {
    stop.release();
  }
}

/** A line for each run that ends. */
function linesOnStderr(kind: JobKind, count: number, root: string): SweepListener {
  let ended = 0;
  return {
    ended(run, end) {
      const text = endText(kind, run, end, root);
      process.stderr.write(`${++ended}/${count} ${run.name}: ${text}\n`);
    },
    warn,
  };
}

function endText(kind: JobKind, { name, spec }: PlannedRun, end: RunEnd, root: string): string {
  if (end.state === 'failed') return `failed: ${end.reason}`;
  if (end.state === 'elsewhere') return 'another process works on it';
  if (end.state === 'stopped') return 'stopped';
  const { result } = kind.progressOf(runPaths(root, name), spec);
  const before = end.already ? 'finished before' : 'finished';
  return result === undefined ? before : `${before}, ${(100 * result).toFixed(2)} %`;
}

function summary(count: number, { finished, stopped, elsewhere, failed }: SweepOutcome): string {
  const others = [
    [elsewhere, 'worked on by other processes'],
    [stopped, 'stopped'],
    [failed, 'failed'],
  ] as const;
  const rest = others.filter(([n]) => n > 0).map(([n, what]) => `, ${n} ${what}`);
  return `${finished} of ${count} runs finished${rest.join('')}\n`;
}
