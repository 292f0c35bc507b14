import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Lock } from './lock.js';
import type { RunPaths } from './paths.js';
import { readStateRecord } from './state.js';

/** What a run's place looked like before this process came. */
export interface Before {
  /** Names of the files in its folder. */
  readonly files: ReadonlySet<string>;
  /** Folders that were not there, the innermost first. */
  readonly missing: readonly string[];
}

/** Looks at a run's place before anything is written there. */
export function lookBefore({ folder }: Pick<RunPaths, 'folder'>): Before {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.push(at);
  return { files: new Set(missing.length > 0 ? [] : readdirSync(folder)), missing };
}

/** Leaves a run: gives its lock back and, if nothing worth keeping was saved, takes back what this process wrote and made. */
export function leaveRun(paths: RunPaths, before: Before, lock: Lock): void {
  const kept =
    !holds(lock) ||
    [paths.last, paths.best, paths.failed, paths.parts, paths.result].some((f) => existsSync(f)) ||
    hasFailed(paths);
  if (!kept)
    for (const path of [paths.spec, paths.state, paths.steps, paths.epochs, paths.times])
      if (!before.files.has(path.slice(paths.folder.length + 1))) rmSync(path, { force: true });
  lock.release();
  if (!kept) removeEmpty(before.missing);
}

/** Removes what killed processes were writing. A process that waits at the door writes its temporary file anew. */
export function removeTemporaries({ folder }: RunPaths): void {
  for (const name of readdirSync(folder))
    if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
}

/** Why a run failed is worth keeping, also where nothing else was saved. */
function hasFailed(paths: RunPaths): boolean {
  try {
    return readStateRecord(paths)?.state === 'failed';
  } catch {
    return false;
  }
}

function holds(lock: Lock): boolean {
  try {
    lock.check();
    return true;
  } catch {
    return false;
  }
}

/** Removes folders, the innermost first; they are left where another process has put something in. */
export function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {}
}
