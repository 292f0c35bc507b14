import { Command, Option } from 'commander';
import type { Split } from '../train/data/index.js';
import type { Score } from '../train/loop/evaluate.js';
import type { Which } from '../train/run/score.js';
import type { Machine } from '../train/run/setup.js';
import { machineFlags, machineOf } from './machine.js';

interface EvaluateOptions extends Machine {
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
    .argument('<run|file.ticket>', "a run's folder or name (see 'iterand runs'), or a ticket")
    .option('--out <folder>', 'folder of all runs', 'runs')
    .addOption(
      new Option('--split <name>', 'which images').choices(['test', 'validation', 'train']).default('test'),
    )
    .addOption(new Option('--checkpoint <which>', 'of a run').choices(['last', 'best']).default('last'))
    .option('--json', 'print JSON');
  return machineFlags(command)
    .addHelpText('after', '\nExample:\n  npx iterand evaluate runs/conv6-iterand-cifar10-0123456789/seed-1')
    .action(async (given: string, options: EvaluateOptions) => {
      const { split, checkpoint, json } = options;
      const machine = machineOf(options);
      const score = given.endsWith('.ticket')
        ? await (await import('../train/ticket/score.js')).scoreTicket(given, split, machine)
        : await scoreOf(options.out, given, checkpoint, split, machine);
      const { accuracy, hits, examples, loss } = score;
      process.stdout.write(
        json
          ? `${JSON.stringify({ split, ...score }, null, 2)}\n`
          : `${split} accuracy ${(100 * accuracy).toFixed(2)} % (${hits} of ${examples}), loss ${loss.toFixed(4)}\n`,
      );
    });
}

async function scoreOf(
  out: string,
  given: string,
  which: Which,
  split: Split,
  machine: Machine,
): Promise<Score> {
  const { openRun } = await import('../train/run/open.js');
  const { scoreRun } = await import('../train/run/score.js');
  return scoreRun(openRun(out, given), which, split, machine);
}
