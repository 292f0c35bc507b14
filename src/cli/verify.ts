import { Command } from 'commander';
import { print, printJson, requireText, shared } from './options.js';
import { progressBar } from './progress.js';

interface Options {
  readonly claim?: string[];
  readonly alpha: number;
  readonly seed: number;
  readonly workers: number;
  readonly json?: boolean;
}

/** `iterand verify`: the ledger of claims. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description("Decide the paper's claims one by one, by proof, exact probability or simulation.")
    .option(
      '--claim <id...>',
      'only these claims (--json lists the ids)',
      (id: string, before: string[] = []) => [...before, requireText('--claim', id)],
    )
    .addOption(shared.alpha())
    .addOption(shared.seed())
    .addOption(shared.workers())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Examples:
  iterand verify
  iterand verify --claim prop-4.3-existence --json`,
    )
    .action(run);
}

async function run({ claim, alpha, seed, workers, json }: Options): Promise<void> {
  const { claimIds, runLedger } = await import('../theory/claims/ledger.js');
  const bar = progressBar('deciding claims', json);
  try {
    const ledger = await runLedger({ alpha, seed, workers, progress: bar.update }, claim ?? claimIds);
    bar.stop();
    if (json) printJson(ledger);
    else print((await import('./terminal.js')).ledgerTable(ledger));
  } finally {
    bar.stop();
  }
}
