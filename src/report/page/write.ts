import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { writeAtomic } from '../../core/files.js';
import type { ReportPage } from './section.js';
import { PLOTLY, renderPage } from './shell.js';

/**
 * Writes `<reports>/<folder>/index.html`, its data files beside it, and Plotly once for all pages.
 *
 * @returns the path of the page
 */
export function writePage(reports: string, page: ReportPage): string {
  const folder = join(reports, page.folder);
  mkdirSync(folder, { recursive: true });
  copyFileSync(createRequire(import.meta.url).resolve('plotly.js-dist/plotly.js'), join(reports, PLOTLY));
  for (const { data } of page.sections)
    if (data !== undefined)
      writeAtomic(join(folder, 'data', data.file), `${JSON.stringify(data.json, null, 1)}\n`);
  const path = join(folder, 'index.html');
  writeAtomic(path, renderPage(page));
  return path;
}
