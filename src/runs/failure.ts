import { InputError } from '../core/errors.js';

/** What a failed read or write means, by the system's error code. */
const RULES: Readonly<Record<string, readonly [rule: string, fix: string]>> = {
  ENOSPC: [
    'cannot be written: no space is left on its disk',
    'free some space, then give the same command to resume',
  ],
  EDQUOT: [
    'cannot be written: the disk quota is used up',
    'free some space, then give the same command to resume',
  ],
  EFBIG: [
    'cannot be written: the file would exceed the largest size allowed',
    'raise the limit, then give the same command to resume',
  ],
  EROFS: ['cannot be written: its disk is read-only', 'pass a folder that can be written as --out'],
  EACCES: ['cannot be opened: permission denied', 'check its owner and permissions'],
  ENOENT: ['is not there', 'check the path'],
  ENOTDIR: ['is not a folder, or lies below a file', 'check the path'],
  EISDIR: ['is a folder, not a file', 'name a file'],
  EEXIST: ['is there already and is no folder', 'pass another path'],
  EPERM: ['cannot be written: permission denied', 'check its owner and permissions'],
};

/** A system error on a file as an {@link InputError} that names the file; any other error as it is. */
export function fileError(path: string, error: unknown): unknown {
  const known = RULES[(error as NodeJS.ErrnoException)?.code ?? ''];
  return known ? new InputError(path, known[0], known[1]) : error;
}
