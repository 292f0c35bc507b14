import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { InputError, requireInteger, requireProbability } from '../core/errors.js';
import { stream } from '../core/rng.js';
import { print, printJson, shared } from './options.js';
import { progressBar } from './progress.js';

interface Options {
  readonly out: string;
  readonly alpha: number;
  readonly seed: number;
  readonly workers: number;
  readonly json?: boolean;
}

/** `iterand report`: everything there is to say of the theorem, as a page and a ledger. */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Hold the theorem against exact probabilities and simulation: decide every claim, draw the figures, write the page.',
    )
    .option('--out <dir>', 'where the pages go, each in a folder of its own', 'reports')
    .addOption(shared.alpha())
    .addOption(shared.seed())
    .addOption(shared.workers())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Writes DIR/theory/index.html, its data as JSON, and plotly.js beside the folder. The same seed gives the same bytes.

Examples:
  iterand report
  iterand report --seed 2 --out /tmp/reports --json`,
    )
    .action(run);
}

async function run({ out, alpha, seed, workers, json = false }: Options): Promise<void> {
  requireProbability('alpha', alpha);
  requireInteger('workers', workers, 1, 1024);
  stream(seed);
  if (existsSync(out) && !statSync(out).isDirectory())
    throw new InputError(`--out ${out}`, 'is not a folder', 'pass a folder, or a path that does not exist');
  const started = performance.now();
  const { runLedger } = await import('../theory/claims/ledger.js');
  const { computeFigures } = await import('../report/theory/compute.js');
  const { fullReport } = await import('../report/theory/settings.js');
  const { theoryPage } = await import('../report/theory/page.js');
  const { writePage } = await import('../report/page/write.js');
  const settings = { ...fullReport, seed, alpha };
  const ledger = await withBar('deciding claims', json, (progress) =>
    runLedger({ seed, alpha, workers, progress }),
  );
  const figures = await withBar('simulating for the figures', json, (progress) =>
    computeFigures(settings, workers, progress),
  );
  const page = resolve(writePage(out, theoryPage(settings, ledger, figures)));
  if (json) {
    printJson({ page, ledger });
    return;
  }
  const { ledgerTable } = await import('./terminal.js');
  print(ledgerTable(ledger));
  print(`\nReport: ${page}`);
  print(`Made in ${Math.round((performance.now() - started) / 1000)} s; open it in a browser.`);
}

async function withBar<T>(
  label: string,
  silent: boolean,
  work: (progress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = progressBar(label, silent);
  try {
    return await work(bar.update);
  } finally {
    bar.stop();
  }
}
