import { Command } from 'commander';
import { InputError, requireOneOf } from '../core/errors.js';
import { requireWritable } from '../core/files.js';
import { flagWords, shellWord } from '../core/shell.js';
import type { Comparison, Metric, PairKey } from '../sweep/compare/compare.js';
import type { SpecKey } from '../sweep/compare/keys.js';
import { RUN_DEFAULTS } from '../train/spec/defaults.js';
import { choiceOption, print, printJson, requireText, textArgument, textOption, warn } from './options.js';

interface CompareOptions {
  readonly runs: string;
  readonly by?: string;
  readonly pairBy: string;
  readonly metric: Metric;
  readonly out?: string;
  readonly plots?: string;
  readonly csv?: true;
  readonly json?: true;
}

const DEFAULTS = { pairBy: 'seed', metric: 'test' } as const;

/** `iterand compare`. */
export function compareCommand(): Command {
  return new Command('compare')
    .summary('compare finished runs: accuracies, paired differences, curves, cost')
    .description(
      "Holds finished training runs against each other. A pattern is a run's name, with * for any letters within it; one without a seed\n" +
        'takes all seeds. Runs that agree in the settings --by are one curve; two curves are compared pair by pair of equal seeds.',
    )
    .addArgument(textArgument('<patterns...>', 'which runs'))
    .addOption(textOption('--runs <folder>', 'folder of all runs').default(RUN_DEFAULTS.root))
    .addOption(
      textOption(
        '--by <keys>',
        'settings that are compared, such as method or method,param (default: those that differ)',
      ),
    )
    .addOption(
      textOption(
        '--pair-by <keys>',
        'what runs of two curves agree in to be a pair: seed, or settings',
      ).default(DEFAULTS.pairBy),
    )
    .addOption(
      choiceOption('--metric <name>', 'accuracy after the last epoch', [
        'test',
        'validation',
      ] satisfies Metric[]).default(DEFAULTS.metric),
    )
    .addOption(textOption('--out <folder>', 'write the page FOLDER/compare/index.html, and its data'))
    .addOption(
      textOption(
        '--plots <folder>',
        'write every plot as PNG and SVG, drawn by the Chromium or Chrome on PATH',
      ),
    )
    .option('--csv', 'print the runs as comma-separated values')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      "\nExamples:\n  npx iterand compare 'conv6-*' --by method --pair-by seed\n  npx iterand compare '*' --runs reports/figure2/runs --by method,param --out /tmp/pages --plots /tmp/plots",
    )
    .action(run);
}

async function run(patterns: readonly string[], options: CompareOptions): Promise<void> {
  const { runs, metric, out, plots, csv, json } = options;
  if (csv && json) throw new InputError('--csv with --json', 'both print on stdout', 'ask for one of them');
  const { SPEC_KEYS } = await import('../sweep/compare/keys.js');
  const by = options.by === undefined ? undefined : keysOf<SpecKey>('--by', options.by, SPEC_KEYS);
  const pairBy = keysOf<PairKey>('--pair-by', options.pairBy, ['seed', ...SPEC_KEYS]);
  if (out !== undefined) requireWritable(`--out ${out}`, out, 'folder');
  if (plots !== undefined) requireWritable(`--plots ${plots}`, plots, 'folder');
  const { chooseRuns } = await import('../sweep/compare/run.js');
  const { finished, unfinished } = chooseRuns(runs, patterns);
  if (unfinished.length > 0)
    warn(
      `left out, not finished: ${unfinished.slice(0, 5).join(', ')}${unfinished.length > 5 ? ', ...' : ''}`,
    );
  if (finished.length === 0)
    throw new InputError(
      `pattern '${patterns.join("', '")}'`,
      'names no finished run',
      'wait for them to end',
    );
  const { compare } = await import('../sweep/compare/compare.js');
  const comparison = compare(finished, { metric, pairBy, ...(by === undefined ? {} : { by }) });
  const command = commandText(patterns, options);
  const { comparisonCsv, comparisonJson } = await import('../report/compare/data.js');
  if (csv) process.stdout.write(comparisonCsv(comparison));
  else if (json) printJson(comparisonJson(comparison, command));
  else await printTables(comparison);
  if (out === undefined && plots === undefined) return;
  const { comparedRunsPage } = await import('../report/compare/own.js');
  const page = comparedRunsPage(comparison, command);
  const say = csv || json ? (line: string) => process.stderr.write(`${line}\n`) : print;
  if (out !== undefined) {
    const { writePage } = await import('../report/page/write.js');
    say(`\nPage: ${writePage(out, page)}`);
  }
  if (plots !== undefined) {
    const { writePictures } = await import('../report/pictures/write.js');
    for (const path of await writePictures(plots, page)) say(path);
  }
}

function keysOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  const keys = text.split(',').map((key) => requireOneOf(option, requireText(option, key.trim()), known));
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined)
    throw new InputError(`${option} ${text}`, `names ${twice} twice`, 'name each once');
  return keys;
}

/** The command as it can be given again. */
function commandText(patterns: readonly string[], { runs, by, pairBy, metric }: CompareOptions): string {
  const given = {
    runs: runs === RUN_DEFAULTS.root ? undefined : runs,
    by,
    pairBy: pairBy === DEFAULTS.pairBy ? undefined : pairBy,
    metric: metric === DEFAULTS.metric ? undefined : metric,
  };
  const flags = Object.entries(given).flatMap(([key, value]) => flagWords(key, value));
  return ['npx iterand compare', ...[...patterns, ...flags].map(shellWord)].join(' ');
}

async function printTables(comparison: Comparison): Promise<void> {
  const { comparisonTables } = await import('./compare-tables.js');
  print(comparisonTables(comparison));
}
