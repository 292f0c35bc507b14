import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { readBytes, requireWritable, writeAtomic } from '../core/files.js';
import { formatNumber, formatPercent } from '../core/format.js';
import type { Target } from '../theory/problem/target.js';
import type { EdgeRow } from '../theory/search/edges/experiment.js';
import type { EdgeNetwork } from '../theory/search/edges/network.js';
import { RUN_DEFAULTS } from '../train/spec/defaults.js';
import {
  numberOption,
  numbersOption,
  print,
  printJson,
  refuseUnused,
  shared,
  textOption,
} from './options.js';
import { progressBar } from './progress.js';

interface Options {
  readonly target?: string;
  readonly edges: number;
  readonly resamplings: number[];
  readonly tolerance: number;
  readonly range: number[];
  readonly runs: string;
  readonly out?: string;
  readonly seed: number;
  readonly workers: number;
  readonly json?: boolean;
}

/** `iterand pensia`: Experiment 1 of Pensia et al. 2020, and what re-sampling makes of it. */
export function pensiaCommand(): Command {
  return new Command('pensia')
    .summary('Experiment 1 of Pensia et al. 2020: a trained network by subset sums')
    .description(
      'Approximates every weight of a trained 784-500-10 network by a sum of the fewest of n random numbers (Experiment 1 of Pensia et al.\n' +
        '2020), then with R samples each and the least n that serves every weight. Each pruned network is evaluated on MNIST digits.',
    )
    .addOption(
      textOption(
        '--target <file>',
        'a network of your own as .safetensors or .json, from 784 pixels in [0, 1] to 10 classes; by default one is trained',
      ),
    )
    .addOption(
      numberOption('--edges <n>', 'random numbers for each weight at R = 1', {
        whole: true,
        least: 1,
        most: 40,
      }).default(21),
    )
    .addOption(
      numbersOption('--resamplings <R,...>', 'samples of each number, 1 to 128, with the least n', {
        whole: true,
        least: 1,
        most: 128,
      }).default([1, 2, 4, 8, 16], '1,2,4,8,16'),
    )
    .addOption(
      numberOption('--tolerance <t>', 'how far a sum may be from its weight', {
        least: 1e-6,
        most: 1,
      }).default(0.01),
    )
    .addOption(
      numbersOption('--range <low,high>', 'the numbers are uniform between these', {
        least: -1e6,
        most: 1e6,
      }).default([-0.464, 0.541], '-0.464,0.541'),
    )
    .addOption(
      textOption('--runs <dir>', 'folder of the training run; a finished one is not run again').default(
        RUN_DEFAULTS.root,
      ),
    )
    .addOption(
      textOption(
        '--out <file>',
        'save what is kept of every row as .safetensors, for iterand check-instance',
      ),
    )
    .addOption(shared.seed())
    .addOption(shared.workers())
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
--seed is that of the random numbers; the network is trained with seed 1.

Examples:
  iterand pensia
  iterand pensia --resamplings 16 --out sums.safetensors
  iterand pensia --target fc2.safetensors --resamplings 1,16 --json`,
    )
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const { edges, resamplings, tolerance, range, runs, seed, workers, json = false } = options;
  const [low, high] = rangeOf(range);
  if (options.out !== undefined) requireOut(options.out, options.target);
  if (options.target !== undefined) refuseUnused(command, '--target', ['runs'], 'nothing is trained');
  const given = options.target === undefined ? undefined : await readTarget(options.target);
  const target = given ?? (await trained(runs, json));
  if (target === undefined) return;
  const { edgeExperiment, PUBLISHED } = await import('../theory/search/edges/experiment.js');
  const { targetHits } = await import('../theory/problem/labelled.js');
  const { testDigits } = await import('../report/targets/digits.js');
  const started = performance.now();
  const digits = await testDigits();
  const examples = digits.labels.length;
  const hits = targetHits(target, digits);
  const rows: EdgeRow[] = [];
  const networks: EdgeNetwork[] = [];
  const keep = options.out === undefined ? undefined : (network: EdgeNetwork) => networks.push(network);
  let bar = progressBar('', true);
  try {
    const experiment = { edges, resamplings, tolerance, low, high, seed, workers };
    const told = (row: number) => {
      const R = row === 0 ? 1 : resamplings[row - 1]!;
      bar = progressBar(`R = ${R}`, json);
      return bar.update;
    };
    for await (const row of edgeExperiment(target, digits, experiment, told, keep)) {
      bar.stop();
      rows.push(row);
    }
  } finally {
    bar.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  if (options.out !== undefined) {
    const { encodeEdges } = await import('../theory/search/edges/edge-file.js');
    writeAtomic(options.out, encodeEdges({ target, networks }));
  }
  const weights = target.matrices.reduce((sum, matrix) => sum + matrix.length, 0);
  const about = { widths: target.widths, weights, examples, hits, accuracy: hits / examples };
  if (json) {
    printJson({ target: about, tolerance, range: [low, high], seed, seconds, published: PUBLISHED, rows });
    return;
  }
  print(
    `target ${target.widths.join('-')}: ${weights.toLocaleString('en')} weights, ${formatPercent(hits / examples)} of ${examples.toLocaleString('en')} MNIST test digits right`,
  );
  print(table(rows));
  for (const line of remarks(rows, tolerance)) print(line);
  print(
    `Pensia et al. 2020, at n = ${PUBLISHED.edges} and R = 1 on their own network: ${PUBLISHED.keptPerWeight} kept a weight, ${PUBLISHED.seconds.toLocaleString('en')} s on ${PUBLISHED.cores} cores with Gurobi.`,
  );
  print(`Made in ${seconds.toFixed(1)} s with ${workers} threads.`);
  if (options.out !== undefined) print(`Saved to ${options.out}.`);
}

function requireOut(out: string, target: string | undefined): void {
  if (!out.endsWith('.safetensors'))
    throw new InputError(`--out ${out}`, 'must end in .safetensors', 'name the kind of file');
  if (target !== undefined && resolve(out) === resolve(target))
    throw new InputError(`--out ${out}`, 'is the file of the target', 'pass another file');
  requireWritable(`--out ${out}`, out, 'file');
}

function rangeOf(range: readonly number[]): [number, number] {
  const [low, high] = range;
  if (range.length !== 2 || !(low! < high!))
    throw new InputError(
      `--range ${range.join(',')}`,
      'must be two numbers, the lower one first',
      'pass --range -0.464,0.541, say',
    );
  return [low!, high!];
}

/** A target that takes MNIST digits, whatever its norms. */
async function readTarget(path: string): Promise<Target> {
  const { decodeTarget } = await import('../theory/problem/target-file.js');
  const { requireMatrices } = await import('../theory/problem/target.js');
  const target = requireMatrices(decodeTarget(readBytes(path), path), path);
  if (target.widths[0] !== 784 || target.widths.at(-1) !== 10)
    throw new InputError(
      `--target ${path}`,
      `has widths ${target.widths.join(',')}, and MNIST digits have 784 pixels in 10 classes`,
      'pass a network from 784 to 10, such as iterand export --target writes',
    );
  return target;
}

/** The network that is trained where none is given. */
async function trained(runs: string, json: boolean): Promise<Target | undefined> {
  const { trainForTarget } = await import('./train-target.js');
  return (await trainForTarget('784-500-10', runs, json))?.target;
}

function table(rows: readonly EdgeRow[]): string {
  const made = new Table({
    head: [
      'R',
      'n',
      'numbers',
      'kept',
      'kept a weight',
      'largest error',
      'not served',
      'accuracy',
      'seconds',
    ],
    style: { head: [], border: [] },
    colAligns: Array.from({ length: 9 }, () => 'right' as const),
  });
  for (const row of rows)
    made.push([
      row.resamplings,
      row.outOfReach === undefined ? row.edgesPerWeight : `${row.edgesPerWeight} (least)`,
      row.edges.toLocaleString('en'),
      row.kept.toLocaleString('en'),
      row.keptPerWeight.toFixed(3),
      row.largestError.toFixed(6),
      row.unserved.toLocaleString('en'),
      formatPercent(row.accuracy),
      row.seconds.toFixed(1),
    ]);
  return made.toString();
}

/** What the table's columns leave open: weights without a sum, and how far off the nearest is. */
function remarks(rows: readonly EdgeRow[], tolerance: number): string[] {
  return rows
    .filter(({ unserved }) => unserved > 0)
    .map(
      ({ resamplings, edgesPerWeight, unserved, largestUnserved, outOfReach }) =>
        `R = ${resamplings}, n = ${edgesPerWeight}: ${unserved.toLocaleString('en')} weights have no sum within ${tolerance}${outOfReach === undefined ? '' : `, nor with any n up to 40`}; the nearest is kept, at most ${formatNumber(largestUnserved)} off.`,
    );
}
