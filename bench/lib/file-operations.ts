import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Calls of the file system that a server of shared folders must answer, by kind. */
export type Operations = Readonly<Record<string, number>>;

/** What each function asks of it: opening and closing come with reading or writing a file. */
const ASKS: Readonly<Record<string, readonly string[]>> = {
  existsSync: ['look up'],
  statSync: ['look up'],
  readdirSync: ['list a folder'],
  openSync: ['open'],
  closeSync: ['close'],
  readSync: ['read'],
  readFileSync: ['open', 'read', 'close'],
  writeSync: ['write'],
  fsyncSync: ['sync'],
  mkdirSync: ['look up'],
  renameSync: ['rename'],
  linkSync: ['link'],
  rmSync: ['remove'],
  writeFileSync: ['open', 'write', 'close'],
};

/** Counts the operations below a folder while some work is done; what lies elsewhere (/proc) is not a server's. */
export async function counted(
  below: string,
  work: () => unknown,
): Promise<{ operations: Operations; seconds: number }> {
  const operations: Record<string, number> = {};
  // Some functions call others of these.
  let inside = false;
  const files = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  const originals = Object.keys(ASKS).map((name) => [name, files[name]!] as const);
  for (const [name, original] of originals)
    files[name] = (...args) => {
      const nested = inside;
      // Open files are known by number: those of the work are below the folder.
      if (!nested && (typeof args[0] === 'number' || String(args[0]).startsWith(below)))
        for (const ask of ASKS[name]!) operations[ask] = (operations[ask] ?? 0) + 1;
      inside = true;
      try {
        return original.apply(fs, args);
      } finally {
        inside = nested;
      }
    };
  syncBuiltinESMExports();
  try {
    const began = performance.now();
    await work();
    return { operations, seconds: (performance.now() - began) / 1000 };
  } finally {
    for (const [name, original] of originals) files[name] = original;
    syncBuiltinESMExports();
  }
}
