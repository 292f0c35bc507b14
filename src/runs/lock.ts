import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../core/errors.js';
import { fileError } from '../core/file-error.js';
import { startHeartbeat } from './heartbeat.js';
import { type Holder, judge, thisProcess } from './holder.js';

/** A lock that this process holds. */
export interface Lock {
  /** @throws LockedError if another process took it over, as it may when this one was held up for longer than a heartbeat is waited for */
  check(): void;
  /** Gives it back, if it is still this process's. */
  release(): void;
}

/** A run's lock is another process's: the run is no failure, it is worked on elsewhere. */
export class LockedError extends InputError {}

export interface LockOptions {
  /** Milliseconds between two heartbeats; default 5,000. */
  readonly beat?: number;
  /** A holder on another machine counts as gone when its heartbeat stood still for so many milliseconds of this machine's clock; default 60,000. */
  readonly stale?: number;
  /** Aborted: no longer waits for that. */
  readonly signal?: AbortSignal | undefined;
  /** Told when it begins to wait. */
  readonly waiting?: ((message: string) => void) | undefined;
  /** Who takes it; default this process. */
  readonly own?: Required<Holder>;
}

/**
 * Takes the lock at `path`. A lock left by a process that is no more (killed, power cut) does not count: on this machine that is seen
 * at once, on another by its heartbeat or, in a batch system, by the job's being requeued.
 *
 * @throws LockedError if another process, or this one, holds it
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const own = options.own ?? thisProcess();
  try {
    const held = await acquire(path, own, options);
    if (held) throw heldError(path, held.holder, own);
  } catch (error) {
    throw fileError(path, error);
  }
  const stop = startHeartbeat(path, textOf(own), own.beat, options.beat ?? 5000);
  return {
    check() {
      const found = read(path);
      if (found?.holder?.token !== own.token) throw lostError(path, found?.holder);
    },
    release() {
      stop();
      giveBack(path, own);
    },
  };
}

/** The process that works on the run whose lock is at `path`, as far as can be told from here; undefined if none does. */
export function lockHolder(path: string): Holder | undefined {
  const holder = read(path)?.holder;
  return holder && judge(holder, thisProcess()) !== 'gone' ? holder : undefined;
}

/** What can be told of a lock without waiting: `unknown` where its holder, on another machine, may be gone; `text` then changes while it lives. */
export interface LockState {
  readonly state: 'free' | 'alive' | 'unknown';
  readonly text?: string;
}

/** The state of the lock at `path`; one whose holder is gone is free. */
export function lockState(path: string): LockState {
  const found = read(path);
  if (found === undefined) return { state: 'free' };
  const verdict = found.holder ? judge(found.holder, thisProcess()) : 'unknown';
  return { state: verdict === 'gone' ? 'free' : verdict, text: found.text };
}

/** Why the lock at `path` may stay for ever: an earlier version took it on another machine, and shows no sign of life; undefined else. */
export function silentLock(path: string): LockedError | undefined {
  const holder = read(path)?.holder;
  const own = thisProcess();
  const silent = holder !== undefined && holder.beat === undefined && judge(holder, own) === 'unknown';
  return silent ? heldError(path, holder, own) : undefined;
}

interface Found {
  readonly text: string;
  /** Undefined while the file is being written, or if it is damaged. */
  readonly holder: Holder | undefined;
}

/** Undefined once the lock is ours, else who holds it. */
async function acquire(
  path: string,
  own: Required<Holder>,
  options: LockOptions,
): Promise<Found | undefined> {
  for (let gone = 0; ; ) {
    if (create(path, own)) return undefined;
    const found = read(path);
    if (found === undefined) {
      // Given back in between; but a broken link is never there and cannot be made.
      if (++gone > 1000) throw new InputError(path, 'can neither be made nor read', 'remove it');
      continue;
    }
    const verdict = found.holder ? judge(found.holder, own) : 'unknown';
    if (verdict === 'alive') return found;
    if (verdict === 'unknown') {
      const beats = await watch(path, found, options);
      if (beats === 'yes') return found;
      if (beats === 'another') continue;
    }
    if (await takeOver(path, found, own, options)) return undefined;
  }
}

/** Whether a lock's heartbeat goes on; `another`: the file is another one by now. Earlier versions had none, and are taken to live. */
async function watch(
  path: string,
  { text, holder }: Found,
  { beat = 5000, stale = 60_000, signal, waiting }: LockOptions,
): Promise<'yes' | 'no' | 'another'> {
  if (holder && holder.beat === undefined) return 'yes';
  waiting?.(
    `${path}: waiting up to ${Math.ceil(stale / 1000)} s to see whether ${holder ? nameOf(holder) : 'another process'} still works on this run`,
  );
  for (const begin = performance.now(); performance.now() - begin < stale; ) {
    // An abort ends the wait as if the holder lived.
    if (signal?.aborted) return 'yes';
    await sleep(Math.min(beat / 2, 1000), undefined, signal ? { signal } : {}).catch(() => {});
    const now = read(path);
    if (now?.text !== text) return holder && now?.holder?.token === holder.token ? 'yes' : 'another';
  }
  return 'no';
}

/**
 * Puts our lock in the place of one whose holder is gone. A second lock guards it, so that of all who saw that lock only one does, and
 * none replaces a newer one.
 */
async function takeOver(
  path: string,
  gone: Found,
  own: Required<Holder>,
  options: LockOptions,
): Promise<boolean> {
  const guard = `${path}.guard`;
  if (await acquire(guard, own, options)) {
    await sleep(5);
    return false;
  }
  try {
    if (read(path)?.text !== gone.text) return false;
    withTemporary(path, own, (mine) => renameSync(mine, path));
    return true;
  } finally {
    giveBack(guard, own);
  }
}

/** Makes the lock if there is none. */
function create(path: string, own: Required<Holder>): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // A link, unlike a new file, appears with its content; and only one process can make it.
    withTemporary(path, own, (mine) => linkSync(mine, path));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A file server may say so after its first, unheard answer.
    if (code === 'EEXIST') return read(path)?.holder?.token === own.token;
    // The folder, or the temporary file, was cleared away by the process that left.
    if (code === 'ENOENT') return false;
    if (!NO_LINKS.has(code ?? '')) throw error;
  }
  try {
    writeFileSync(path, textOf(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What file systems without hard links answer. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'UNKNOWN']);

function withTemporary(path: string, own: Required<Holder>, use: (mine: string) => void): void {
  const mine = `${path}.${own.token}.tmp`;
  writeFileSync(mine, textOf(own));
  try {
    use(mine);
  } finally {
    rmSync(mine, { force: true });
  }
}

const textOf = (own: Holder): string => `${JSON.stringify(own)}\n`;

function read(path: string): Found | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    const whole = typeof holder?.pid === 'number' && typeof holder.host === 'string';
    return { text, holder: whole ? (holder as Holder) : undefined };
  } catch {
    return { text, holder: undefined };
  }
}

function giveBack(path: string, { token }: Holder): void {
  if (read(path)?.holder?.token === token) rmSync(path, { force: true });
}

const nameOf = ({ pid, host }: Holder): string => `process ${pid}${host === hostname() ? '' : ` on ${host}`}`;

function heldError(path: string, holder: Holder | undefined, own: Holder): LockedError {
  const here = holder?.host === own.host;
  if (!here && holder !== undefined && holder.beat === undefined)
    return new LockedError(
      path,
      `${nameOf(holder)} works on this run with an earlier version, which shows no sign of life`,
      'wait for it; if it has ended, remove the file',
    );
  return new LockedError(
    path,
    `${holder ? nameOf(holder) : 'another process'} works on this run`,
    here ? 'wait for it or stop it' : 'wait for it, or remove the file if it is gone',
  );
}

function lostError(path: string, holder: Holder | undefined): LockedError {
  return new LockedError(
    path,
    holder
      ? `${nameOf(holder)} has taken the run over`
      : 'the lock was removed while this process worked on the run',
    'let one process work on it; nothing more is written here',
  );
}
