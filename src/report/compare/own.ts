import type { Comparison } from '../../sweep/compare/compare.js';
import { html } from '../page/html.js';
import type { ReportPage } from '../page/section.js';
import { comparisonPage } from './page.js';

/** The page of a user's own runs. */
export function comparedRunsPage(comparison: Comparison, command: string): ReportPage {
  const runs = comparison.groups.flatMap((group) => group.runs);
  const widths = [...new Set(runs.map(({ spec }) => spec.width))].sort((a, b) => a - b);
  const overWidths = comparison.keys.places.includes('width') && widths.length > 1;
  const data = [...new Set(runs.map(({ result }) => result.data.name))].join(', ');
  return comparisonPage(comparison, {
    folder: 'compare',
    title: `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} compared`,
    subtitle: html`${runs.length} finished runs on ${data}, compared by ${comparison.keys.by.join(', ')}.`,
    command,
    ...(overWidths ? { widths } : {}),
  });
}
