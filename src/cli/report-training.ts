import { resolve } from 'node:path';
import Table from 'cli-table3';
import { writePage } from '../report/page/write.js';
import { trainingPage } from '../report/training/page.js';
import { type Comparison, deviationText, intervalText, summarize } from '../report/training/summary.js';
import { compareMethods, type MethodsSettings, mnistMethods } from '../sweep/methods.js';
import { progressBar } from './progress.js';

/** Trains the methods (or takes their finished runs), and writes the page of it. */
export async function reportTraining(
  out: string,
  runs: string,
  silent: boolean,
  settings: MethodsSettings = mnistMethods,
): Promise<{ page: string; comparison: Comparison }> {
  const bar = progressBar('training SGD, edge-popup and IteRand', silent);
  try {
    const compared = await compareMethods(settings, { root: runs }, bar.update);
    const comparison = summarize(compared);
    return { page: resolve(writePage(out, trainingPage(compared, comparison, settings.caveat))), comparison };
  } finally {
    bar.stop();
  }
}

/** The comparison as a table for the terminal, and its verdict. */
export function comparisonTable({ methods, verdict }: Comparison): string {
  const table = new Table({
    head: ['Method', 'Test accuracy, mean', 'Deviation', '95 % interval', 'Each seed'],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const { method, test, tests } of methods)
    table.push([
      method,
      `${test.mean.toFixed(2)} %`,
      deviationText(test),
      intervalText(test),
      tests.map((t) => t.toFixed(2)).join(', '),
    ]);
  return `${table.toString()}\n${verdict}`;
}
