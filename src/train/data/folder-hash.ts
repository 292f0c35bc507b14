import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../../core/progress.js';
import { readStamps, type Stamped, writeStamps } from './folder-stamps.js';

/** Files of one class of one split, by name in sorted order; `path` is `<split>/<class>`. */
export interface ClassFiles {
  readonly path: string;
  readonly names: readonly string[];
}

export interface HashOptions {
  /** Told of files read, of those that have to be, once that takes more than a second. */
  readonly progress?: Progress;
  /** Files where hashes are kept from one opening to the next: the first that can be written is. None for no memory. */
  readonly memory?: readonly string[];
  /** Milliseconds since 1970, and what has to be read for it to be remembered; other than the default in tests. */
  readonly now?: number;
  readonly worth?: { readonly bytes: number; readonly files: number };
}

/** Reads under way at once: enough for a network's delays; Node's thread pool limits how many truly are. */
const inFlight = 64;
/** A file changed as late as this before it is read may change again within its file system's time step: it is not remembered. */
const settledAfter = 2000;
/** Reading less than this anew takes less than a second: nothing is remembered. */
const worthRemembering = { bytes: 2 ** 28, files: 20_000 };

/**
 * SHA-256 of what an image folder holds: the name, size and SHA-256 of every file, class by class. Hashing a file means reading it; a class
 * whose files have the names, sizes and times (of change and of status change) they had when it was read is not read again.
 * A file that cannot be read counts as such: that it cannot is found out, and told, where images are decoded.
 *
 * @returns the digest in hexadecimal
 */
export async function hashFolder(
  root: string,
  classes: readonly ClassFiles[],
  { progress, memory = [], now = Date.now(), worth = worthRemembering }: HashOptions = {},
): Promise<string> {
  const known = await readStamps(memory);
  const stamped = await inTurn(classes, async ({ path, names }) => stampOf(join(root, path), names));
  const fresh = new Map<string, Stamped>();
  const changed = classes.filter(({ path }, i) => {
    const kept = known.get(path);
    if (kept === undefined || kept.stamp !== stamped[i]!.stamp) return true;
    fresh.set(path, kept);
    return false;
  });
  const total = changed.reduce((sum, { names }) => sum + names.length, 0);
  const began = performance.now();
  let [done, bytes] = [0, 0];
  for (const { path, names } of changed) {
    const lines = await pooled(names, async (name) => {
      const content = await readFile(join(root, path, name)).catch(() => undefined);
      done++;
      if (performance.now() - began > 1000) progress?.(done, total);
      if (content === undefined) return `${name}\0unreadable\n`;
      bytes += content.length;
      return `${name}\0${content.length}\0${createHash('sha256').update(content).digest('hex')}\n`;
    });
    const { stamp, latest } = stamped[classes.findIndex((c) => c.path === path)]!;
    const settled = latest < now - settledAfter;
    fresh.set(path, { stamp: settled ? stamp : '', digest: sha256(lines) });
  }
  if (total > 0 && (bytes >= worth.bytes || total >= worth.files)) writeStamps(memory, fresh);
  return sha256(classes.map(({ path }) => `${path}\0${fresh.get(path)!.digest}\n`));
}

/** Names, sizes and times of the files, as a digest; and the latest of these times, infinite if a file is not there. */
async function stampOf(folder: string, names: readonly string[]): Promise<{ stamp: string; latest: number }> {
  let latest = 0;
  const lines = await pooled(names, async (name) => {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found === undefined) {
      latest = Number.POSITIVE_INFINITY;
      return `${name}\0missing\n`;
    }
    const { size, mtimeMs, ctimeMs } = found;
    latest = Math.max(latest, mtimeMs, ctimeMs);
    return `${name}\0${size}\0${mtimeMs}\0${ctimeMs}\n`;
  });
  return { stamp: sha256(lines), latest };
}

function sha256(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}

/** `work` on every item, {@link inFlight} at a time; results in the items' order. */
async function pooled<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!);
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, worker));
  return results;
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
