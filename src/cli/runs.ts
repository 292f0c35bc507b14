import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { columns } from './columns.js';
import { shared, wasGiven } from './options.js';
import { runsAddCommand } from './runs-add.js';

/** `iterand runs`. */
export function runsCommand(): Command {
  return new Command('runs')
    .addCommand(runsAddCommand())
    .summary('list the training runs with state and results; take in runs made elsewhere')
    .description(
      'Lists the runs of a folder: state (planned, running, stopped, finished, failed, damaged), epochs done, validation accuracy of the last\n' +
        'epoch and of the best one, test accuracy, all in percent. A damaged run is listed with the reason, and\n' +
        'the exit code is 1.',
    )
    .addOption(shared.runs())
    .option('--json', 'print JSON, with the settings of each run')
    .addHelpText('after', '\nExample:\n  npx iterand runs\n  npx iterand runs --out runs --json')
    .action(async ({ out, json }: { out: string; json?: true }, command: Command) => {
      if (wasGiven(command, 'out') && !existsSync(out))
        throw new InputError(`--out ${out}`, 'is not there', 'check the path');
      const { summarizeRuns } = await import('../train/run/list.js');
      const runs = summarizeRuns(out);
      if (runs.some((r) => r.state === 'damaged')) process.exitCode = 1;
      if (json) {
        process.stdout.write(`${JSON.stringify(runs, null, 2)}\n`);
        return;
      }
      if (runs.length === 0) {
        process.stdout.write(`no runs in ${out}; start one with 'iterand train'\n`);
        return;
      }
      const percent = (value: number | undefined) => (value === undefined ? '' : (100 * value).toFixed(2));
      const rows = [
        ['run', 'state', 'epochs', 'validation', 'best', 'test'],
        ...runs.map((r) =>
          r.state === 'damaged'
            ? [r.name, r.state, '', '', '', '']
            : [
                r.name,
                r.state,
                `${r.epochsDone}/${r.spec.epochs}`,
                percent(r.validation),
                percent(r.best),
                percent(r.test),
              ],
        ),
      ];
      const reasons = runs.flatMap((r) => (r.reason === undefined ? [] : [`${r.name}: ${r.reason}`]));
      process.stdout.write(`${[...columns(rows), ...reasons].join('\n')}\n`);
    });
}
