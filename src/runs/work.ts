import { type Lock, takeLock } from './lock.js';
import type { RunPaths } from './paths.js';
import { leaveRun, lookBefore } from './traces.js';

/**
 * Works on a run under its lock; if that comes to nothing, or the process is ended before, nothing is left behind.
 *
 * @param warn told when it waits to see whether another process lives
 * @throws LockedError if another process works on the run
 */
export async function workOn<T>(
  paths: RunPaths,
  { signal, warn }: { readonly signal?: AbortSignal; readonly warn?: (message: string) => void },
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const before = lookBefore(paths);
  const lock = await takeLock(paths.lock, { signal, waiting: warn });
  const leave = () => leaveRun(paths, before, lock);
  process.once('exit', leave);
  try {
    return await work(lock);
  } finally {
    process.off('exit', leave);
    leave();
  }
}
