import { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { readBytes } from '../core/files.js';
import { formatNumber } from '../report/format.js';
import type { WeightLaw } from '../theory/problem/distribution.js';
import { requireProblem } from '../theory/problem/problem.js';
import { numberOption, numbersOption, print, printJson, shared, textOption } from './options.js';
import { formulaHelp, readTargetMatrices, rescaleHelp, scaleText } from './problem.js';

interface Options {
  readonly widths?: number[];
  readonly target?: string;
  readonly rescale?: boolean;
  readonly epsilon: number;
  readonly delta: number;
  readonly resamplings: number[];
  readonly formula?: string;
  readonly recursion: boolean;
  readonly distribution: string;
  readonly rescaled?: boolean;
  readonly json?: boolean;
}

/** `iterand bounds`: the hidden widths that each bound asks for. */
export function boundsCommand(): Command {
  return new Command('bounds')
    .description(
      'Hidden widths by every bound: the paper, the corrected theorem, the theorem under re-sampling, earlier results, your formula; and what no subnetwork can do without.',
    )
    .addOption(numbersOption('--widths <d0,...,dl>', 'layer widths of the target'))
    .addOption(
      textOption(
        '--target <file>',
        'take the widths of a target: a .safetensors or .json file of matrices',
      ).conflicts('widths'),
    )
    .option('--rescale', rescaleHelp)
    .addOption(
      numberOption('--epsilon <error>', 'allowed error of the network, in (0, 1]').makeOptionMandatory(),
    )
    .addOption(
      numberOption('--delta <probability>', 'allowed failure probability, in (0, 1)').makeOptionMandatory(),
    )
    .addOption(
      numbersOption('--resamplings <R,...>', 'samples per entry; several with commas').default([1], '1'),
    )
    .addOption(textOption('--formula <text>', formulaHelp))
    .addOption(
      textOption(
        '--distribution <name>',
        'D_param: uniform:A, normal:S, two-valued:A, ku:FAN_IN, sc:FAN_IN, or cdf:FILE, a JSON list of {"x", "F"}',
      ).default('uniform:1'),
    )
    .option('--rescaled', 'one scalar may multiply the output, so that D_param counts up to its scale')
    .option(
      '--no-recursion',
      'resampled by its closed form alone: milliseconds, where the recursion may take seconds',
    )
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Examples:
  iterand bounds --widths 784,300,100,10 --epsilon 0.1 --delta 0.01 --resamplings 1,1000
  iterand bounds --target lenet.safetensors --rescale --epsilon 0.1 --delta 0.01 --resamplings 10
  iterand bounds --widths 1,1 --epsilon 0.1 --delta 0.01 --formula "ceil(log(2/delta)/epsilon) * 2 din"`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { formulaBound } = await import('../theory/bounds/index.js');
  const { boundsTable, errorFloor } = await import('../theory/bounds/table.js');
  const { epsilon, delta, recursion, rescaled = false } = options;
  const { widths, scale } = targetOf(options);
  const own = options.formula === undefined ? [] : [formulaBound(options.formula)];
  const problems = options.resamplings.map((resamplings) =>
    requireProblem({ widths, epsilon, delta, resamplings }),
  );
  const law = await readLaw(options.distribution);
  const results = problems.map((problem) => ({
    resamplings: problem.resamplings,
    ...boundsTable(problem, law, { recursion, rescaled, own }),
  }));
  const least = errorFloor(law);
  const floor = least === undefined ? {} : { errorFloor: least };
  if (options.json) {
    const scaled = scale === 1 ? {} : { scale };
    printJson({ widths, epsilon, delta, distribution: law.name, ...scaled, ...floor, results });
    return;
  }
  if (scale !== 1) print(scaleText(scale));
  if (least !== undefined)
    print(
      `${law.name}: slopes are multiples of ${formatNumber(2 * least)}; no width and no R brings the worst weight nearer than ${formatNumber(least)} (docs/theory-width.md, section 8)`,
    );
  for (const { resamplings, bounds, lower } of results) {
    print(`R = ${formatNumber(resamplings)}`);
    for (const { name, source, constants, warning, layers } of bounds) {
      print(`  ${name.padEnd(16)} ${layers.map(({ width }) => formatNumber(width)).join(', ')}`);
      print(`  ${''.padEnd(16)} ${source}${constants === undefined ? '' : ` (order only: ${constants})`}`);
      const ways = layers.flatMap(({ by, neurons }) =>
        by === undefined ? [] : `${formatNumber(neurons!)} (${by})`,
      );
      if (ways.length > 0) print(`  ${''.padEnd(16)} neurons a block: ${ways.join('; ')}`);
      if (warning !== undefined) print(`  ${''.padEnd(16)} warning: ${warning}`);
      const thresholds = layers.flatMap(({ resamplingThreshold }) => resamplingThreshold ?? []);
      if (thresholds.length > 0)
        print(`  ${''.padEnd(16)} least width once R reaches ${thresholds.map(formatNumber).join(', ')}`);
    }
    for (const { name, source, about, warning, width } of lower) {
      print(`  ${name.padEnd(16)} D_1 >= ${formatNumber(width)}, or no subnetwork keeps the promise`);
      print(`  ${''.padEnd(16)} for ${about}: ${source}`);
      if (warning !== undefined) print(`  ${''.padEnd(16)} warning: ${warning}`);
    }
  }
}

/** The widths that are given, or those of a file; f = scale * target where that was rescaled. */
function targetOf({ widths, target, rescale = false }: Options): {
  widths: readonly number[];
  scale: number;
} {
  if (target !== undefined) {
    const read = readTargetMatrices(target, rescale);
    return { widths: read.target.widths, scale: read.scale };
  }
  if (rescale)
    throw new InputError('--rescale', 'means nothing without the file of a target', 'leave it out');
  if (widths === undefined)
    throw new InputError(
      'no target',
      'the bounds are of its widths',
      'pass --widths d0,...,dl or --target FILE',
    );
  return { widths, scale: 1 };
}

/** A distribution by name, or from a file of its CDF. */
async function readLaw(text: string): Promise<WeightLaw> {
  if (!text.startsWith('cdf:'))
    return (await import('../theory/problem/distribution.js')).parseDistribution(text);
  const { decodeCdf } = await import('../theory/problem/tabulated.js');
  const path = text.slice('cdf:'.length);
  return decodeCdf(readBytes(path), path);
}
