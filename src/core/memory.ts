import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { InputError } from './errors.js';

/**
 * Memory that a process could still have, in bytes: what Linux counts as available (caches can be given up) and swap, elsewhere all
 * of the machine's; at most the limit of the process' control group.
 */
export function availableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  const free = ofLinux() ?? totalmem();
  return limit > 0 ? Math.min(limit, free) : free;
}

/** MemAvailable and SwapFree; undefined where the system does not tell. */
function ofLinux(): number | undefined {
  try {
    const text = readFileSync('/proc/meminfo', 'utf8');
    const kilobytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]);
    const bytes = 1024 * (kilobytes('MemAvailable') + kilobytes('SwapFree'));
    return Number.isNaN(bytes) ? undefined : bytes;
  } catch {
    return undefined;
  }
}

/**
 * Refuses what clearly cannot have the memory it needs.
 *
 * @param what for the message, e.g. `training resnet50 at width 100`
 * @param bytes what it needs
 * @param accuracy how far off that may be: it is refused where even `bytes / accuracy` is not there
 * @throws InputError that says how much it needs and how much there is
 */
export function requireMemory(
  what: string,
  bytes: number,
  fix: string,
  accuracy = 1,
  available = availableMemory(),
): void {
  if (bytes / accuracy <= available) return;
  throw new InputError(
    what,
    `needs about ${memoryText(bytes)} of memory, and ${memoryText(available)} are available`,
    fix,
  );
}

/** `3.2 GiB`, `1.5e+9 GiB`. */
export function memoryText(bytes: number): string {
  const gigabytes = bytes / 2 ** 30;
  return `${gigabytes >= 1e6 ? gigabytes.toExponential(1) : gigabytes.toFixed(gigabytes < 10 ? 1 : 0)} GiB`;
}
