import { InputError } from '../core/errors.js';

const RESTORE = 'restore the file from a copy';

/** A file of a run does not hold what was written to it. */
export function damaged(path: string, check: string, fix = RESTORE): InputError {
  return new InputError(path, `is damaged: ${check}`, fix);
}

/**
 * Does work that reads a file; what it finds wrong is damage of that file.
 *
 * @param fix what mends it
 * @throws InputError that names the file and the check it failed
 */
export function readingStored<T>(path: string, work: () => T, fix = RESTORE): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { what, rule } = error;
    throw damaged(path, what === path ? `it ${rule}` : `${what.replace(`${path}: `, '')} ${rule}`, fix);
  }
}
