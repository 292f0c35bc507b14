import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { InputError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';

/** The process that holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the system's units, where it tells (Linux): a process id may be given again. */
  readonly started: string | null;
}

/**
 * Takes the lock at `path` for this process. A lock left by a process that is no more (killed, power cut) does not count.
 *
 * @returns a function that gives the lock back
 * @throws InputError if another process, or this one, holds it
 */
export function takeLock(path: string): () => void {
  try {
    return take(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

function take(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const text = `${JSON.stringify(own)}\n`;
  const mine = `${path}.${process.pid}.tmp`;
  writeFileSync(mine, text);
  try {
    // A link, unlike a new file, appears with its content; and only one process can make it.
    while (!linked(mine, path)) {
      const found = readHolder(path);
      if (found === undefined) continue;
      if (isAlive(found.holder)) throw held(path, found.holder);
      removeStale(path, found.text);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** The process that works on the run whose lock is at `path`; undefined if none does. */
export function lockHolder(path: string): Holder | undefined {
  const found = readHolder(path);
  return found && isAlive(found.holder) ? found.holder : undefined;
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): { holder: Holder; text: string } | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return { holder: JSON.parse(text) as Holder, text };
  } catch {
    throw new InputError(
      path,
      'is no lock of this program',
      'remove the file if no process works on the run',
    );
  }
}

function isAlive({ pid, host, started }: Holder): boolean {
  // Another machine's processes cannot be seen from here.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** Field 22 of /proc/PID/stat; null where there is none, or the process has ended and waits for its parent. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : fields[19]!;
  } catch {
    return null;
  }
}

/** Removes a dead process's lock, unless another process has replaced it since it was read. */
function removeStale(path: string, text: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== text) linked(aside, path);
  rmSync(aside, { force: true });
}

function held(path: string, { pid, host }: Holder): InputError {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new InputError(
    path,
    `process ${pid}${where} works on this run`,
    where === '' ? 'wait for it or stop it' : `wait for it, or remove the file if it is gone`,
  );
}
