import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError, nearest } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { writeAtomic } from '../core/files.js';
import { lockHolder } from './lock.js';
import { type RunPaths, runPaths } from './paths.js';

/** `planned`: has a spec, was never begun. `stopped`: begun, no process works on it; the same command resumes it. */
export const RUN_STATES = ['planned', 'running', 'stopped', 'finished', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What a run's state file holds. */
export interface StateRecord {
  readonly state: RunState;
  /** Why it failed. */
  readonly reason?: string;
  /** There once `last.safetensors` has been written: without that file the run is not begun anew. */
  readonly checkpoint?: boolean;
  /** Threads of the CPU provider, which the last bits of the values depend on. */
  readonly threads?: number;
}

/** Writes a JSON file of a run, whole or not at all. */
export function writeJson(path: string, value: object): void {
  try {
    writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Reads a JSON file of a run; undefined if there is none. */
export function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new InputError(path, 'is damaged: it is no JSON', 'restore the file');
  }
}

/**
 * The state of a run. One with a result is finished, whatever was recorded before it; one recorded as running whose process is no
 * more has been killed: it is stopped.
 */
export function readState(paths: RunPaths): StateRecord {
  if (existsSync(paths.result)) return { state: 'finished' };
  const record = readJson(paths.state) as StateRecord | undefined;
  if (record === undefined) return { state: 'planned' };
  if (!RUN_STATES.includes(record?.state))
    throw new InputError(paths.state, 'is damaged: it holds no state of a run', 'restore the file');
  return record.state === 'running' && lockHolder(paths.lock) === undefined ? { state: 'stopped' } : record;
}

/** Every run under `root`, sorted by name. */
export function listRuns(root: string): RunPaths[] {
  if (!existsSync(root)) return [];
  const folders = (path: string) => {
    try {
      // A broken link is no folder.
      return readdirSync(path).filter((name) =>
        statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory(),
      );
    } catch (error) {
      throw fileError(path, error);
    }
  };
  return folders(root)
    .flatMap((spec) => folders(join(root, spec)).map((seed) => runPaths(root, `${spec}/${seed}`)))
    .filter((paths) => existsSync(paths.spec))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/**
 * The run a person names: its folder's path, its name under `root`, or the start of that name if only one run has it.
 *
 * @throws InputError if there is none, or more than one
 */
export function findRun(root: string, given: string): RunPaths {
  const direct = runPaths(resolve(given), '.');
  if (existsSync(direct.spec)) return direct;
  const runs = listRuns(root);
  const found = runs.filter(({ name }) => name.startsWith(given.replace(/\/$/, '')));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new InputError(
      `run '${given}'`,
      `${found.length} runs have names that start so (${found
        .slice(0, 3)
        .map((r) => r.name)
        .join(', ')}${found.length > 3 ? ', ...' : ''})`,
      'give the whole name',
    );
  const near = nearest(
    given,
    runs.map((r) => r.name),
  );
  throw new InputError(
    `run '${given}'`,
    `is neither a run's folder nor the name of one in ${root}`,
    near === undefined ? "list them with 'iterand runs'" : `did you mean '${near}'`,
  );
}
