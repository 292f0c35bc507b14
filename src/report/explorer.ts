import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../core/errors.js';

/** The explorer as `scripts/build.js` makes it: one HTML file that needs no other. */
export const BUILT_EXPLORER = fileURLToPath(new URL('../../dist/explorer/index.html', import.meta.url));

/** @throws InputError if the explorer has not been built, as in a clone run from its sources */
export function requireExplorer(built = BUILT_EXPLORER): void {
  if (!existsSync(built)) throw new InputError(`explorer ${built}`, 'is not built yet', 'run npm run build');
}

/** Puts the explorer beside the reports. @returns the path of the page */
export function writeExplorer(reports: string, built = BUILT_EXPLORER): string {
  const folder = join(reports, 'explorer');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'index.html');
  copyFileSync(built, path);
  return path;
}
