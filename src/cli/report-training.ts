import { resolve } from 'node:path';
import Table from 'cli-table3';
import { comparisonJson } from '../report/compare/data.js';
import { deviationText, differenceText, intervalText } from '../report/compare/words.js';
import { writePage } from '../report/page/write.js';
import { randomizationGain, trainingPage } from '../report/training/page.js';
import type { Comparison } from '../sweep/compare/compare.js';
import { compareMethods, type MethodsSettings, mnistMethods } from '../sweep/methods.js';
import { progressBar } from './progress.js';

/** Trains the methods (or takes their finished runs), and writes the page of it. */
export async function reportTraining(
  out: string,
  runs: string,
  silent: boolean,
  settings: MethodsSettings = mnistMethods,
): Promise<{ page: string; comparison: Comparison; json: object }> {
  const bar = progressBar('training SGD, edge-popup and IteRand', silent);
  try {
    const comparison = await compareMethods(settings, { root: runs }, bar.update);
    const made = trainingPage(comparison, settings.caveat);
    const page = resolve(writePage(out, made));
    return {
      page,
      comparison,
      json: { page, comparison: comparisonJson(comparison, made.sections[0]!.command!) },
    };
  } finally {
    bar.stop();
  }
}

/** The comparison as a table for the terminal, and its verdict. */
export function methodsTable(comparison: Comparison): string {
  const table = new Table({
    head: ['Method', 'Test accuracy, mean', 'Deviation', '95 % interval', 'Each seed'],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const { curve, estimate, values } of comparison.groups)
    table.push([
      curve.label,
      `${estimate.mean.toFixed(2)} %`,
      deviationText(estimate),
      intervalText(estimate),
      values.map((value) => value.toFixed(2)).join(', '),
    ]);
  const gain = randomizationGain(comparison);
  return [table.toString(), ...(gain === undefined ? [] : [differenceText(gain)])].join('\n');
}
