import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../core/errors.js';
import { listRuns } from '../../runs/state.js';
import { ticketIn } from '../../train/archive/network.js';
import { readProvenance } from '../../train/archive/provenance.js';
import type { EpochRecord } from '../../train/loop/callbacks.js';
import { isOfAnotherKind, type KnownRun, readRun } from '../../train/run/open.js';
import type { RunResult } from '../../train/run/outcome.js';
import { readEpochs } from '../../train/run/read-records.js';
import { type RunTimes, readTimes } from '../../train/run/read-times.js';
import { readResult } from '../../train/run/result.js';
import type { TrainSpec } from '../../train/spec/spec.js';
import { type NetworkSize, networkSize } from './size.js';

/** A finished run, as comparisons and figures take it. */
export interface FinishedRun {
  /** `<network>-<method>-<data>-<id>/seed-<seed>`. */
  readonly name: string;
  readonly seed: number;
  readonly spec: TrainSpec;
  readonly epochs: readonly EpochRecord[];
  readonly result: RunResult;
  readonly size?: NetworkSize;
  readonly times?: RunTimes;
  /** The file that `iterand evaluate` takes, and its bytes. */
  readonly ticket?: { readonly path: string; readonly bytes: number };
}

/**
 * Reads a finished run, every file of it checked; undefined if it has no result yet.
 *
 * @param tickets folder of tickets named by their runs, beside those in the runs' own folders
 * @throws InputError that names a damaged file
 */
export function readFinished(run: KnownRun, tickets?: string): FinishedRun | undefined {
  const { paths, spec, seed } = run;
  const stored = readResult(paths);
  if (stored === undefined) return undefined;
  readProvenance(paths);
  const path = [...(tickets === undefined ? [] : [ticketIn(tickets, paths.name)]), paths.ticket].find((p) =>
    existsSync(p),
  );
  const size = networkSize(run, path);
  const times = readTimes(paths);
  return {
    name: paths.name,
    seed,
    spec,
    epochs: readEpochs(paths),
    result: stored.result,
    ...(size === undefined ? {} : { size }),
    ...(times === undefined ? {} : { times }),
    ...(path === undefined ? {} : { ticket: { path, bytes: statSync(path).size } }),
  };
}

/** The runs of a folder. */
export interface FoundRuns {
  readonly finished: readonly FinishedRun[];
  /** Names of those that have no result yet. */
  readonly unfinished: readonly string[];
}

/**
 * The training runs under a folder; beside one called `runs`, tickets are looked for in `tickets`.
 *
 * @param wanted which of them, by name; default all
 * @throws InputError that names a damaged file
 */
export function readFinishedRuns(root: string, wanted: (name: string) => boolean = () => true): FoundRuns {
  const tickets = basename(root) === 'runs' ? join(dirname(root), 'tickets') : undefined;
  const runs = listRuns(root)
    .filter((paths) => wanted(paths.name) && !isOfAnotherKind(paths))
    .map((paths) => readRun(paths));
  const read = runs.map((run) => readFinished(run, tickets));
  return {
    finished: read.filter((run) => run !== undefined),
    unfinished: runs.filter((_, i) => read[i] === undefined).map(({ paths }) => paths.name),
  };
}

/**
 * The runs that patterns choose: `*` stands for any letters within a name, `**` for any at all, `?` for one; a pattern without `/` is
 * of the settings' folder and takes all of its seeds.
 *
 * @throws InputError for a pattern that no run matches
 */
export function chooseRuns(root: string, patterns: readonly string[]): FoundRuns {
  const runs = listRuns(root);
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const below = pattern.startsWith(`${root}/`) ? pattern.slice(root.length + 1) : pattern;
    const matched = runs.filter(
      (run) => matches(run.name, below.replace(/\/+$/, '')) && !isOfAnotherKind(run),
    );
    if (matched.length === 0)
      throw new InputError(
        `pattern '${pattern}'`,
        `matches none of the ${runs.length} runs in ${root}`,
        `list them with 'iterand runs --out ${root}'`,
      );
    for (const { name } of matched) chosen.add(name);
  }
  return readFinishedRuns(root, (name) => chosen.has(name));
}

function matches(name: string, pattern: string): boolean {
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map((part) => GLOB[part] ?? part.replace(/[\\^$.|+()[\]{}]/g, '\\$&'))
    .join('');
  const whole = new RegExp(`^${source}$`);
  return whole.test(name) || (!pattern.includes('/') && whole.test(dirname(name)));
}

const GLOB: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' };
