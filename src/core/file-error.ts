import { constants } from 'node:os';
import { InputError } from './errors.js';

/** What a failed read or write means, by the system's error code. */
const RULES: Readonly<Record<string, readonly [rule: string, fix: string]>> = {
  ENOSPC: [
    'cannot be written: no space is left on its disk',
    'free some space, then give the same command again',
  ],
  EDQUOT: [
    'cannot be written: the disk quota is used up',
    'free some space, then give the same command again',
  ],
  EFBIG: [
    'cannot be written: the file would exceed the largest size allowed',
    'raise the limit, then give the same command again',
  ],
  EROFS: ['cannot be written: its disk is read-only', 'pass a path that can be written'],
  EACCES: ['cannot be opened: permission denied', 'check its owner and permissions'],
  ENOENT: ['is not there', 'check the path'],
  ENOTDIR: ['is not a folder, or lies below a file', 'check the path'],
  EISDIR: ['is a folder, not a file', 'name a file'],
  EEXIST: ['is not a folder, or lies below a file', 'pass another path'],
  EPERM: ['cannot be written: permission denied', 'check its owner and permissions'],
  ENAMETOOLONG: ['is too long a name for its file system', 'pass a shorter name'],
  ELOOP: ['is a symbolic link that leads back to itself', 'mend the link'],
  EMFILE: ['cannot be opened: too many files are open', "raise the limit ('ulimit -n')"],
  ENFILE: ['cannot be opened: the system has too many files open', 'close other programs'],
  EIO: ['cannot be read or written: its disk reports an error', 'check the disk'],
};

/** A system error on a file as an {@link InputError} that names the file; any other error as it is. */
export function fileError(path: string, error: unknown): unknown {
  const { code = '', message, address, hostname } = (error ?? {}) as NodeJS.ErrnoException & Network;
  if (!(code in constants.errno) || address !== undefined || hostname !== undefined) return error;
  const known = RULES[code];
  return known ? new InputError(path, known[0], known[1]) : new InputError(path, message, 'check the path');
}

/** What the errors of connections and name look-ups have beside a code. */
interface Network {
  readonly address?: string;
  readonly hostname?: string;
}
