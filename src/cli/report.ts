import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { InputError, requireProbability } from '../core/errors.js';
import { requireWritable } from '../core/files.js';
import { requireExplorer, writeExplorer } from '../report/explorer.js';
import { RUN_DEFAULTS } from '../train/spec/defaults.js';
import { print, printJson, refuseUnused, shared, textOption } from './options.js';
import { progressBar } from './progress.js';

interface Options {
  readonly out: string;
  readonly alpha: number;
  readonly seed: number;
  readonly workers: number;
  readonly runs: string;
  readonly theory?: true;
  readonly training?: true;
  readonly targets?: true;
  readonly json?: boolean;
}

/** `iterand report`: everything there is to say of the theorem, as a page and a ledger; and the methods trained on MNIST. */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      'Hold the theorem against exact probabilities and simulation: decide every claim, draw the figures, write the page, and beside it\n' +
        'the explorer, a page that runs the theory in the browser. Then train\n' +
        'a small network on MNIST with SGD, edge-popup and IteRand, three seeds each, and write the page of that.',
    )
    .option('--theory', 'the theorem alone')
    .option('--training', 'the training alone')
    .option(
      '--targets',
      'a trained network as the target of the theorem, which is left out otherwise (minutes)',
    )
    .addOption(
      textOption('--out <dir>', 'where the pages go, each in a folder of its own').default('reports'),
    )
    .addOption(
      textOption('--runs <dir>', 'folder of the training runs; finished ones are not run again').default(
        RUN_DEFAULTS.root,
      ),
    )
    .addOption(shared.alpha())
    .addOption(shared.seed())
    .addOption(shared.workers())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Writes DIR/theory/index.html and DIR/training/index.html, their data as JSON, and plotly.js beside them, and DIR/explorer/index.html,
which runs the theory in the browser. The same seed gives the same
bytes of the theory page; the training page's hold for one kind of processor. --seed is the theory's: the training has its own three.

Examples:
  iterand report
  iterand report --training
  iterand report --targets
  iterand report --theory --seed 2 --out /tmp/reports --json`,
    )
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const { out, alpha, runs, theory, training, json = false } = options;
  requireProbability('alpha', alpha);
  if (options.targets) return targets(options, command);
  if (theory && training)
    throw new InputError('--theory with --training', 'each asks for itself alone', 'leave both out for both');
  if (theory) refuseUnused(command, '--theory', ['runs'], 'nothing is trained');
  if (training) refuseUnused(command, '--training', ['alpha', 'seed', 'workers'], 'they are of the theory');
  requireWritable(`--out ${out}`, out, 'folder');
  if (!training) {
    requireExplorer();
    for (const folder of [join('theory', 'data'), 'explorer'])
      requireWritable(`--out ${out}`, join(out, folder), 'folder');
  }
  if (!theory) {
    requireWritable(`--out ${out}`, join(out, 'training', 'data'), 'folder');
    requireWritable(`--runs ${runs}`, runs, 'folder');
  }
  const started = performance.now();
  const theorem = training ? undefined : await reportTheory(options);
  if (theorem !== undefined && !json) {
    const { ledgerSummary } = await import('./terminal.js');
    print(ledgerSummary(theorem.ledger));
    print(
      `\nReport: ${theorem.page}\nExplorer: ${theorem.explorer}\nThe numbers behind each line, and a command that repeats it: npx iterand verify`,
    );
  }
  const { reportTraining, methodsTable } = await import('./report-training.js');
  const trained = theory ? undefined : await reportTraining(out, runs, json);
  if (json) {
    printJson({ ...theorem, ...(trained === undefined ? {} : { training: trained.json }) });
    return;
  }
  if (trained !== undefined) {
    print(`\n${methodsTable(trained.comparison)}`);
    print(`\nReport: ${trained.page}`);
  }
  print(`Made in ${Math.round((performance.now() - started) / 1000)} s; open it in a browser.`);
}

/** The page of a trained network as the target. */
async function targets(options: Options, command: Command): Promise<void> {
  const { out, runs, json = false } = options;
  refuseUnused(command, '--targets', ['theory', 'training'], 'each asks for itself alone');
  refuseUnused(command, '--targets', ['alpha'], 'nothing there is an interval');
  requireWritable(`--out ${out}`, out, 'folder');
  requireWritable(`--out ${out}`, join(out, 'targets', 'data'), 'folder');
  const { reportTargets } = await import('./report-targets.js');
  const made = await reportTargets(out, runs, options, json);
  if (made === undefined) return;
  if (json) printJson(made);
  else print(`Report: ${made.page}`);
}

/** Decides the claims, draws the figures and writes the page of the theory. */
async function reportTheory({ out, alpha, seed, workers, json = false }: Options) {
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
  return {
    page: resolve(writePage(out, theoryPage(settings, ledger, figures))),
    explorer: resolve(writeExplorer(out)),
    ledger,
  };
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
