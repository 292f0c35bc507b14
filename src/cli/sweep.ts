import { Command } from 'commander';
import { readBytes } from '../core/files.js';
import { parseJson } from '../core/json.js';
import type { JobMachine } from '../sweep/job.js';
import { type PlannedRun, planSweep, runText, type SweepPlan } from '../sweep/plan.js';
import { selectRuns } from '../sweep/select.js';
import { jobKinds } from './jobs.js';
import { machineFlags } from './machine.js';
import { refuseUnused, shared, textArgument, textOption, wasGiven } from './options.js';
import { checkpointOptions } from './train-options.js';

interface SweepOptions extends JobMachine {
  readonly out: string;
  readonly only?: string;
  readonly list?: true;
  readonly json?: true;
}

/** `iterand sweep`. */
export function sweepCommand(): Command {
  const command = new Command('sweep')
    .summary('carry out a grid of runs')
    .description(
      'Carries out the runs that a sweep file names: every point of its grid with every case and every seed (docs/sweeps.md). Runs are those\n' +
        "of 'iterand train' with the same settings: they lie in the same folders, are resumed where they stopped, and are not run again once\n" +
        'finished. Several processes may be set on one sweep. Ctrl-C saves; the same command goes on.',
    )
    .addArgument(textArgument('<file>', 'the sweep: JSON with name, job, base, grid, cases and seeds'))
    .option('--list', 'print the runs and carry out none')
    .addOption(
      textOption(
        '--only <pattern>',
        "of the runs those that match, such as 'method=iterand,seed=1' or the start of a name",
      ),
    )
    .addOption(
      textOption('--out <folder>', 'folder of all runs (default: runs, or trials for theory trials)'),
    );
  for (const option of checkpointOptions()) command.addOption(option);
  return machineFlags(command)
    .addOption(shared.json())
    .addHelpText(
      'after',
      '\nExamples:\n  npx iterand sweep grid.json --list\n  npx iterand sweep grid.json --only seed=1',
    )
    .action(sweep);
}

async function sweep(path: string, options: SweepOptions, command: Command): Promise<void> {
  const source = readBytes(path).toString();
  const plan = planSweep(parseJson(source, `sweep ${path}`, 'give a JSON file'), `sweep ${path}`, jobKinds);
  const runs = options.only === undefined ? plan.runs : selectRuns(plan, options.only);
  if (options.list) {
    refuseUnused(
      command,
      '--list',
      ['dataFolder', 'threads', 'workers', 'unreadable', 'checkpointEpochs', 'checkpointMinutes', 'out'],
      'it carries out nothing',
    );
    process.stdout.write(options.json ? listJson(plan, runs) : listText(plan, runs));
    return;
  }
  const root = wasGiven(command, 'out') ? options.out : plan.kind.root;
  const { carryOutSweep } = await import('./sweep-run.js');
  await carryOutSweep(plan, runs, source, { root, machine: options, json: options.json === true });
}

function listJson({ name, description, kind }: SweepPlan, runs: readonly PlannedRun[]): string {
  return `${JSON.stringify({ name, description, job: kind.name, count: runs.length, runs }, null, 2)}\n`;
}

function listText(plan: SweepPlan, runs: readonly PlannedRun[]): string {
  const width = Math.max(...runs.map(({ name }) => name.length));
  const lines = runs.map((run) => `${run.name.padEnd(width)}  ${runText(run)}`.trimEnd());
  const of = runs.length === plan.runs.length ? '' : ` of ${plan.runs.length}`;
  return `${[`${plan.name}: ${runs.length}${of} ${runs.length === 1 ? 'run' : 'runs'}`, ...lines].join('\n')}\n`;
}
