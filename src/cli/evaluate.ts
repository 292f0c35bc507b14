import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { formatPercent } from '../core/format.js';
import { type Split, splits } from '../train/data/dataset.js';
import type { EnginePath } from '../train/engines/names.js';
import type { Score } from '../train/loop/evaluate.js';
import type { Which } from '../train/run/score.js';
import type { Machine } from '../train/run/setup.js';
import type { TrainSpec } from '../train/spec/spec.js';
import {
  deviceOption,
  engineFlags,
  engineOf,
  machineFlags,
  machineOf,
  namedRun,
  requireMachineUsed,
} from './machine.js';
import { choiceOption, refuseUnused, shared, textArgument } from './options.js';

interface EvaluateOptions extends Machine, Partial<EnginePath> {
  readonly out: string;
  readonly split: Split;
  readonly checkpoint: Which;
  readonly json?: true;
}

/** `iterand evaluate`. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .summary('evaluate a run or a ticket')
    .description(
      'Scores the network of a run, or of a ticket file (its weights are drawn again from the seeds), on a split of its data.',
    )
    .addArgument(
      textArgument('<run|file.ticket>', "a run's folder or name (see 'iterand runs'), or a ticket"),
    )
    .addOption(shared.runs())
    .addOption(choiceOption('--split <name>', 'which images', splits).default('test'))
    .addOption(choiceOption('--checkpoint <which>', 'which state of a run', ['last', 'best']).default('last'))
    .option('--json', 'print JSON');
  return machineFlags(engineFlags(command))
    .addOption(deviceOption())
    .addHelpText('after', '\nExample:\n  npx iterand evaluate runs/conv6-iterand-cifar10-0123456789/seed-1')
    .action(async (given: string, options: EvaluateOptions, command: Command) => {
      const { split, json } = options;
      const score = given.endsWith('.ticket')
        ? await ofTicket(given, options, command)
        : await ofRun(given, options, command);
      const { accuracy, hits, examples, loss } = score;
      process.stdout.write(
        json
          ? `${JSON.stringify({ split, ...score }, null, 2)}\n`
          : `${split} accuracy ${formatPercent(accuracy)} (${hits} of ${examples}), loss ${loss.toFixed(4)}\n`,
      );
    });
}

async function ofTicket(path: string, options: EvaluateOptions, command: Command): Promise<Score> {
  refuseUnused(command, 'a ticket', ['checkpoint', 'out'], 'it is one network in one file');
  const { readTicketFile, scoreTicket } = await import('../train/ticket/score.js');
  const read = readTicketFile(path);
  return scoreTicket(path, options.split, machineFor(command, options, read.header.spec), read);
}

async function ofRun(given: string, options: EvaluateOptions, command: Command): Promise<Score> {
  const run = await namedRun(command, options.out, given);
  const machine = machineFor(command, options, run.spec);
  const { networkFile, scoreNetworkFile } = await import('../train/archive/network.js');
  if (!existsSync(run.paths.last) && networkFile(run) !== undefined) {
    refuseUnused(
      command,
      'a run without checkpoints',
      ['checkpoint'],
      'its network after the last epoch is all there is',
    );
    return scoreNetworkFile(run, options.split, machine);
  }
  const { scoreRun } = await import('../train/run/score.js');
  return scoreRun(run, options.checkpoint, options.split, machine);
}

/** The machine that the flags name, for a run of this spec. */
function machineFor(command: Command, options: EvaluateOptions, spec: TrainSpec): Machine {
  const on = engineOf(command, options, spec);
  requireMachineUsed(command, { ...(on ?? spec), data: spec.data });
  return { ...machineOf(options), on };
}
