import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { writeAtomic } from '../../core/files.js';
import { writeIndex } from './index-page.js';
import type { ReportPage } from './section.js';
import { PLOTLY, renderPage } from './shell.js';

/**
 * Writes `<reports>/<folder>/index.html`, its data files beside it, Plotly once for all pages, and the index of all reports.
 *
 * @returns the path of the page
 */
export function writePage(reports: string, page: ReportPage): string {
  const folder = join(reports, page.folder);
  mkdirSync(folder, { recursive: true });
  copyFileSync(createRequire(import.meta.url).resolve('plotly.js-dist/plotly.js'), join(reports, PLOTLY));
  for (const { data } of [page.lead, ...page.sections])
    if (data !== undefined) writeAtomic(join(folder, 'data', data.file), dataText(data.json));
  const path = join(folder, 'index.html');
  writeAtomic(path, renderPage(page));
  writeIndex(reports);
  return path;
}

/** JSON with a line for each row: a list or an object that holds no other is not broken up. */
export function dataText(json: unknown): string {
  return `${rows(json, '')}\n`;
}

function rows(json: unknown, indent: string): string {
  const nested = (value: unknown) => typeof value === 'object' && value !== null;
  if (!nested(json) || !Object.values(json as object).some(nested)) return JSON.stringify(json) ?? 'null';
  const deeper = `${indent} `;
  if (Array.isArray(json)) return `[\n${json.map((v) => deeper + rows(v, deeper)).join(',\n')}\n${indent}]`;
  const entries = Object.entries(json as object).filter(([, value]) => value !== undefined);
  const lines = entries.map(([key, value]) => `${deeper}${JSON.stringify(key)}: ${rows(value, deeper)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
