import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { InputError, nearest } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { damaged } from './damage.js';
import { lockHolder } from './lock.js';
import { type RunPaths, runPaths } from './paths.js';
import { readSealedJson, writeSealedJson } from './sealed-json.js';

/** `planned`: has a spec, was never begun. `stopped`: begun, no process works on it; the same command resumes it. */
export const RUN_STATES = ['planned', 'running', 'stopped', 'finished', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

const fields = {
  state: v.picklist(RUN_STATES),
  /** Why it failed. */
  reason: v.optional(v.string()),
  /** There once `last.safetensors` has been written: without that file the run is not begun anew. */
  checkpoint: v.optional(v.boolean()),
  /** Threads of the CPU provider, which the last bits of the values depend on. */
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
};

const STATE = {
  format: 'iterand state 2',
  schema: v.strictObject({ run: v.string(), ...fields }),
  unsealed: v.strictObject(fields),
  fix: 'give the command of the run again: it goes on from its checkpoint and writes the file anew',
};

/** What a run's state file holds. */
export type StateRecord = v.InferOutput<typeof STATE.unsealed>;

/** Writes the state file of a run. */
export function writeState({ state, name }: RunPaths, record: StateRecord): void {
  writeSealedJson(state, STATE, { run: name, ...record });
}

/** What the state file of a run holds; undefined if there is none. @throws InputError if it is damaged */
export function readStateRecord({ state, name }: RunPaths): StateRecord | undefined {
  const record = readSealedJson(state, STATE);
  if (record === undefined || !('run' in record)) return record;
  const { run, ...rest } = record;
  if (run !== name) throw damaged(state, `it is of the run ${run}`, STATE.fix);
  return rest;
}

/**
 * The state of a run. One with a result is finished, whatever was recorded before it; one recorded as running whose process is no
 * more has been killed: it is stopped.
 */
export function readState(paths: RunPaths): StateRecord {
  if (existsSync(paths.result)) return { state: 'finished' };
  const record = readStateRecord(paths);
  if (record === undefined) return { state: 'planned' };
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
 * The run a person names: its folder's path, its name under `root`, or the start of that name if only one run has it. A whole name
 * counts before the longer ones that start so.
 *
 * @throws InputError if there is none, or more than one
 */
export function findRun(root: string, given: string): RunPaths {
  const direct = runPaths(resolve(given), '.');
  if (existsSync(direct.spec)) return direct;
  const runs = listRuns(root);
  const wanted = given.replace(/^\.\//, '').replace(/\/+$/, '');
  const exact = runs.find(({ name }) => name === wanted);
  if (exact) return exact;
  const found = runs.filter(({ name }) => name.startsWith(wanted));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw ambiguous(given, found);
  const near = nearest(
    wanted,
    runs.map((r) => r.name),
  );
  throw new InputError(
    `run '${given}'`,
    `is neither a run's folder nor the name of one in ${root}`,
    near === undefined ? "list them with 'iterand runs'" : `did you mean '${near}'`,
  );
}

const MOST_LISTED = 10;

function ambiguous(given: string, found: readonly RunPaths[]): InputError {
  const names = found.slice(0, MOST_LISTED).map((r) => r.name);
  const more = found.length - names.length;
  return new InputError(
    `run '${given}'`,
    `${found.length} runs have names that start so (${names.join(', ')}${more > 0 ? ` and ${more} more` : ''})`,
    'give the whole name of one',
  );
}
