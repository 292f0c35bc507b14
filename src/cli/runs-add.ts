import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { requireWritable } from '../core/files.js';
import type { Looked, TakeInOptions } from '../train/archive/take-in.js';
import type { Machine } from '../train/run/setup.js';
import { machineFlags, machineOf, requireDataFolder } from './machine.js';
import { print, printJson, shared, textArgument, textOption } from './options.js';

interface AddOptions extends Machine {
  readonly out: string;
  readonly tickets?: string;
  readonly steps: boolean;
  readonly json?: true;
}

/** `iterand runs add`. */
export function runsAddCommand(): Command {
  const command = new Command('add')
    .summary('take in finished runs that were made elsewhere')
    .description(
      "Takes in the finished runs of a folder (a folder of runs, or a single run's own): checks every file, copies settings, metrics,\n" +
        'result and ticket, and notes on which processor, with how many threads and by which version each was made. Checkpoints are\n' +
        'left out: a run that has no ticket yet gets one from its last checkpoint (SGD: its tensors), which needs the data. Nothing is\n' +
        'written if a file is damaged, or if a run of the same settings and seed is there with another result.',
    )
    .addArgument(textArgument('<folders...>', 'where the runs lie'))
    .addOption(shared.runs())
    .addOption(
      textOption('--tickets <folder>', "put the tickets here, named by their runs, not in the runs' folders"),
    )
    .option('--no-steps', 'leave out the record of every step; that of every epoch stays')
    .addOption(shared.json());
  return machineFlags(command)
    .addHelpText(
      'after',
      '\nExamples:\n  npx iterand runs add /mnt/cluster/runs\n  npx iterand runs add ../elsewhere/runs --out reports/figure2/runs --tickets reports/figure2/tickets --no-steps',
    )
    .action(add);
}

async function add(folders: readonly string[], options: AddOptions, command: Command): Promise<void> {
  const { out, tickets, steps, json } = options;
  requireWritable(`--out ${out}`, out, 'folder');
  if (tickets !== undefined) requireWritable(`--tickets ${tickets}`, tickets, 'folder');
  requireDataFolder(command);
  const { runsIn } = await import('../train/archive/source.js');
  const { lookAt, removeLeft, takeIn } = await import('../train/archive/take-in.js');
  const how: TakeInOptions = {
    root: out,
    withoutSteps: !steps,
    machine: machineOf(options),
    ...(tickets === undefined ? {} : { tickets }),
  };
  // All are looked at before any is written.
  const looked = folders.flatMap(runsIn).map((run) => lookAt(run, how));
  refuseTwice(looked);
  if (looked.every(({ found }) => found === 'unfinished'))
    throw new InputError(
      folders.join(', '),
      `holds no finished run (${looked.length} unfinished)`,
      'end them where they were begun, or copy their folders to go on with them here',
    );
  removeLeft(out);
  for (const { run, found } of looked) if (found === 'new') await takeIn(run, how);
  if (json) {
    printJson(looked.map(({ run, found }) => ({ name: run.paths.name, found })));
    return;
  }
  const words = { new: 'taken in', there: 'is there already', unfinished: 'left: not finished' } as const;
  for (const { run, found } of looked) print(`${run.paths.name}  ${words[found]}`);
}

function refuseTwice(looked: readonly Looked[]): void {
  const seen = new Set<string>();
  for (const { run, found } of looked) {
    if (found === 'unfinished') continue;
    if (seen.has(run.paths.name))
      throw new InputError(
        `the run ${run.paths.name}`,
        'lies in two of the folders',
        'pass one folder at a time: what is there already is compared',
      );
    seen.add(run.paths.name);
  }
}
