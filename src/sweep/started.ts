import { join } from 'node:path';
import * as v from 'valibot';
import { InputError } from '../core/errors.js';
import { writeAtomic } from '../core/files.js';
import { readSealedJson, writeSealedJson } from '../runs/sealed-json.js';
import type { SweepPlan } from './plan.js';

/** Where a started sweep keeps what is its own, beside its runs: `<root>/sweeps/<name>/`. */
export interface SweepPaths {
  readonly folder: string;
  /** The sweep file as it was when the sweep was started. */
  readonly file: string;
  /** The names of its runs. */
  readonly plan: string;
  /** The page that shows how far it is. */
  readonly page: string;
}

/** The paths of the sweep of this name. */
export function sweepPaths(root: string, name: string): SweepPaths {
  const folder = join(root, 'sweeps', name);
  return {
    folder,
    file: join(folder, 'sweep.json'),
    plan: join(folder, 'plan.json'),
    page: join(folder, 'index.html'),
  };
}

const PLAN = {
  format: 'iterand sweep 1',
  schema: v.strictObject({ name: v.string(), job: v.string(), runs: v.array(v.string()) }),
  // There is no version without a seal: nothing fulfils this.
  unsealed: v.strictObject({ sha256: v.string() }),
  fix: 'remove the file: the next command of the sweep writes it anew',
};

/**
 * Refuses a sweep whose name stands for other runs than it was started with.
 *
 * @returns whether it was started before
 * @throws InputError that names runs that were added or are gone
 */
export function requireUnchanged(root: string, plan: SweepPlan): boolean {
  const { plan: path } = sweepPaths(root, plan.name);
  const stored = readSealedJson(path, PLAN);
  if (stored === undefined || !('runs' in stored)) return false;
  const before = new Set(stored.runs);
  const now = new Set(plan.runs.map((run) => run.name));
  const added = [...now].filter((name) => !before.has(name));
  const gone = [...before].filter((name) => !now.has(name));
  if (stored.job === plan.kind.name && added.length === 0 && gone.length === 0) return true;
  throw new InputError(
    `sweep '${plan.name}'`,
    `has changed since it was started in ${root}: ${[counted(added, 'added'), counted(gone, 'gone')].filter((t) => t !== '').join(', ')}`,
    'restore the file, or give the changed sweep another name; runs that both have are not run again',
  );
}

function counted(names: readonly string[], what: string): string {
  if (names.length === 0) return '';
  return `${names.length} ${names.length === 1 ? 'run' : 'runs'} ${what} (${names[0]}${names.length > 1 ? ', ...' : ''})`;
}

/**
 * Records a sweep that starts, or goes on.
 *
 * @param source the text of its file
 * @throws InputError as {@link requireUnchanged} does
 */
export function startSweep(root: string, plan: SweepPlan, source: string): SweepPaths {
  const paths = sweepPaths(root, plan.name);
  if (requireUnchanged(root, plan)) return paths;
  writeAtomic(paths.file, source);
  const { name, kind, runs } = plan;
  writeSealedJson(paths.plan, PLAN, { name, job: kind.name, runs: runs.map((run) => run.name) });
  return paths;
}
