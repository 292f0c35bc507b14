import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../core/errors.js';
import { type RunPaths, runPaths } from '../../runs/paths.js';
import { listRuns } from '../../runs/state.js';
import { type KnownRun, readRun } from '../run/open.js';

/**
 * The runs in a folder: a folder of all runs, that of one spec, or a single run's own.
 *
 * @throws InputError if there is no folder or no run in it, or a run's spec is damaged
 */
export function runsIn(folder: string): KnownRun[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(folder, 'is no folder', 'check the path');
  const single = runPaths(resolve(folder), '.');
  const found = existsSync(single.spec) ? [single] : [...listRuns(folder), ...seedsOf(resolve(folder))];
  if (found.length === 0)
    throw new InputError(folder, 'holds no run', "pass a run's folder, or the folder of several");
  return found.map(readRun);
}

const seedsOf = (folder: string): RunPaths[] =>
  listRuns(dirname(folder)).filter(({ name }) => name.startsWith(`${basename(folder)}/`));

/**
 * Does work with a run whose steps are a file of JSON lines: `steps.jsonl.xz` is unpacked for as long.
 *
 * @param use told the run's paths, and whether there are steps at all
 * @throws InputError that names the damaged file, or says that xz is missing
 */
export function withSteps<T>(paths: RunPaths, use: (paths: RunPaths, steps: boolean) => T): T {
  if (existsSync(paths.steps)) return use(paths, true);
  const packed = `${paths.steps}.xz`;
  if (!existsSync(packed)) return use(paths, false);
  const folder = mkdtempSync(join(tmpdir(), 'iterand-steps-'));
  try {
    const steps = join(folder, basename(paths.steps));
    writeFileSync(steps, unpack(packed));
    return use({ ...paths, steps }, true);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** No more than this is unpacked: ten million steps. */
const MOST_BYTES = 2 ** 30;

function unpack(path: string): Buffer {
  const { status, stdout, stderr, error } = spawnSync('xz', ['-dc', path], { maxBuffer: MOST_BYTES });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new InputError(path, 'needs the program xz', 'install xz-utils, or unpack the file where it lies');
  if (status !== 0)
    throw new InputError(
      path,
      `is damaged: xz says ${String(stderr).trim() || String(error?.message ?? status)}`,
      'copy it again',
    );
  return stdout;
}
