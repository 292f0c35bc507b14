import { requireWritable } from '../core/files.js';
import { formatPercent } from '../core/format.js';
import { runPaths } from '../runs/paths.js';
import { carryOut, type RunEnd, type SweepListener, type SweepOutcome } from '../sweep/carry-out.js';
import type { JobKind, JobMachine } from '../sweep/job.js';
import type { PlannedRun, SweepPlan } from '../sweep/plan.js';
import { ProcessLane } from '../sweep/process-lane.js';
import { startSweep } from '../sweep/started.js';
import { sayDevices } from './jobs.js';
import { warn } from './options.js';
import { stopOnSignal } from './signals.js';
import { watchSweep } from './sweep-watch.js';

/** The module of a lane's process, of the sources or built as this one. */
export const laneEntry = new URL(
  `./sweep-lane.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

export interface SweepSettings {
  readonly root: string;
  /** What each run is given. */
  readonly machine: JobMachine;
  /** Runs at a time, each in a process of its own. */
  readonly jobs: number;
  /** CUDA's devices that they are spread over, in turn. */
  readonly devices?: readonly number[];
  readonly json: boolean;
}

/**
 * Carries out runs of a sweep on this machine, and prints how they went. The exit code becomes 1 if a run failed, 130 after Ctrl-C.
 *
 * @param source the text of the sweep file
 */
export async function carryOutSweep(
  plan: SweepPlan,
  runs: readonly PlannedRun[],
  source: string,
  { root, machine, jobs, devices = [], json }: SweepSettings,
): Promise<SweepOutcome> {
  requireWritable(`--out ${root}`, root, 'folder');
  const { page } = startSweep(root, plan, source);
  if (!json) sayDevices(plan, runs, devices);
  const terminal = process.stderr.isTTY === true && !json;
  const stop = stopOnSignal('the runs finish the steps they have begun and save');
  const ended = new AbortController();
  const watching = watchSweep(plan, { root, signal: ended.signal, toTheEnd: false, silent: !terminal }).catch(
    (error: Error) => warn(error.message),
  );
  const lines = sweepLines(plan.kind, runs.length, root, { json, terminal });
  try {
    const outcome = await carryOut(plan.kind, runs, {
      root,
      signal: stop.signal,
      lanes: Array.from(
        { length: Math.min(jobs, runs.length) },
        (_, i) => new ProcessLane(laneEntry, plan.kind, root, machineOfLane(machine, devices, i)),
      ),
      listener: lines,
    });
    ended.abort();
    await watching;
    lines.flush();
    if (outcome.failed > 0) process.exitCode = 1;
    if (stop.signal.aborted) process.exitCode = 130;
    process.stdout.write(
      json
        ? `${JSON.stringify({ name: plan.name, runs: runs.length, ...outcome, page }, null, 2)}\n`
        : `${outcomeText(runs.length, outcome)}\npage:    ${page}\n`,
    );
    return outcome;
  } finally {
    ended.abort();
    stop.release();
  }
}

/** Lanes have the devices in turn, from the first again where there are more lanes. */
export const machineOfLane = (machine: JobMachine, devices: readonly number[], lane: number): JobMachine =>
  devices.length === 0 ? machine : { ...machine, device: devices[lane % devices.length]! };

/** A line on stderr for each run that ends; on a terminal, where a block is drawn, warnings and failures alone, once it is gone. */
export function sweepLines(
  kind: JobKind,
  count: number,
  root: string,
  { json, terminal }: { readonly json: boolean; readonly terminal: boolean },
): SweepListener & { flush(): void } {
  let done = 0;
  const kept: string[] = [];
  const say = (line: string) => (terminal ? kept.push(line) : process.stderr.write(line));
  return {
    ended(run, end) {
      done++;
      if (json || (terminal && end.state !== 'failed')) return;
      say(`${done}/${count} ${run.name}: ${endText(kind, run, end, root)}\n`);
    },
    warn: (message) => say(`iterand: warning: ${message}\n`),
    flush: () => process.stderr.write(kept.splice(0).join('')),
  };
}

function endText(kind: JobKind, { name, spec }: PlannedRun, end: RunEnd, root: string): string {
  if (end.state === 'failed') return `failed: ${end.reason}`;
  if (end.state === 'elsewhere') return 'another process works on it';
  if (end.state === 'stopped') return 'stopped';
  const { result } = kind.progressOf(runPaths(root, name), spec);
  const before = end.already ? 'finished before' : 'finished';
  return result === undefined ? before : `${before}, ${formatPercent(result)}`;
}

/** `3 of 5 runs finished, 1 stopped, 1 not begun`. */
export function outcomeText(count: number, { finished, stopped, elsewhere, failed }: SweepOutcome): string {
  const others = [
    [elsewhere, 'worked on by other processes'],
    [stopped, 'stopped'],
    [failed, 'failed'],
    [count - finished - stopped - elsewhere - failed, 'not begun'],
  ] as const;
  const rest = others.filter(([n]) => n > 0).map(([n, what]) => `, ${n} ${what}`);
  return `${finished} of ${count} runs finished${rest.join('')}`;
}
