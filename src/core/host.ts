import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';

// What the theory needs of Node. The explorer's build has src/explorer/host.ts in its place.

/** `require`, for what is CommonJS or JSON and may not be there, or is loaded on first use: onnxruntime-node, package.json, mathjs. */
export const requireCommonJs = createRequire(import.meta.url);

/** The SHA-256 of a text's UTF-8. */
export const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

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
