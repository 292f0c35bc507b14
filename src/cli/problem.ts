import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { InputError, nearest } from '../core/errors.js';
import { readBytes } from '../core/files.js';
import { formatNumber } from '../report/format.js';
import { type Bound, boundByName, bounds, formulaBound, outsideProof } from '../theory/bounds/index.js';
import { parseDistribution } from '../theory/problem/distribution.js';
import { type Problem, requireProblem } from '../theory/problem/problem.js';
import {
  makeTarget,
  requireTarget,
  rescaleTarget,
  singleWeightTarget,
  type Target,
  targetKinds,
} from '../theory/problem/target.js';
import { decodeTarget } from '../theory/problem/target-file.js';
import { type Construction, constructionFor } from '../theory/search/construction.js';
import {
  defaultBound,
  type StrategyName,
  strategyByName,
  strategyNames,
} from '../theory/search/strategies/index.js';
import { choiceOption, numberOption, numbersOption, shared, textOption, warn } from './options.js';

/** What {@link addProblemOptions} reads. */
export interface ProblemOptions {
  readonly widths?: number[];
  readonly epsilon: number;
  readonly delta: number;
  readonly resamplings: number;
  /** Left out: {@link defaultBound}. */
  readonly bound?: string;
  readonly formula?: string;
  readonly hidden?: number[];
  readonly tolerance?: number;
  readonly distribution: string;
  readonly target: string;
  readonly weight?: number;
  readonly rescale?: boolean;
  readonly strategy: StrategyName;
  readonly anytime?: number;
}

/** What a formula may hold, for the help. */
export const formulaHelp =
  'a width formula for D_i in mathjs syntax over l, i, d0 ... dl, din, dout, epsilon, delta, R';

/** What --rescale does, for the help. */
export const rescaleHelp = 'divide each matrix of a file by its norm (positive homogeneity)';

/** Options for a target, a random network and the construction in it. */
export function addProblemOptions(command: Command): Command {
  return command
    .addOption(numbersOption('--widths <d0,...,dl>', 'layer widths of the target'))
    .addOption(
      numberOption('--weight <w>', 'the target w x, one weight in [-1, 1]', { least: -1, most: 1 }).conflicts(
        ['widths', 'target', 'rescale'],
      ),
    )
    .addOption(
      textOption(
        '--target <kind|file>',
        `${targetKinds.join(', ')}, or a .safetensors or .json file of matrices`,
      ).default('gaussian'),
    )
    .option('--rescale', rescaleHelp)
    .addOption(
      numberOption('--epsilon <error>', 'allowed error of the network, in (0, 1]').makeOptionMandatory(),
    )
    .addOption(
      numberOption('--delta <probability>', 'allowed failure probability, in (0, 1)').makeOptionMandatory(),
    )
    .addOption(numberOption('--resamplings <R>', 'samples per entry, itself and R-1 re-samplings').default(1))
    .addOption(
      textOption(
        '--bound <name>',
        `whose widths: ${bounds.map((b) => b.name).join(', ')} (default: corrected, or resampled with the strategies for sums)`,
      ),
    )
    .addOption(textOption('--formula <text>', formulaHelp).conflicts('bound'))
    .addOption(
      numbersOption('--hidden <D1,...,Dl>', 'hidden widths in place of the bound').conflicts('formula'),
    )
    .addOption(numberOption('--tolerance <t>', "one entry tolerance in place of the bound's schedule"))
    .addOption(
      choiceOption('--strategy <name>', 'how the subnetwork is looked for', strategyNames).default(
        'projection',
      ),
    )
    .addOption(
      numberOption(
        '--anytime <sums>',
        'where an exact sum over neurons would not fit into memory, look at so many sums and take the nearest',
        { whole: true, least: 1 },
      ),
    )
    .addOption(shared.distribution());
}

/** What the options of a problem describe. */
interface Read {
  readonly problem: Problem;
  readonly bound: Bound;
  readonly construction: Construction;
  readonly target: Target;
  /** f = scale * target where the file was rescaled, else 1. */
  readonly scale: number;
}

/** The target, the problem and the construction that the options describe; warns where the bound is not proved for the distribution. */
export function readProblem(options: ProblemOptions, seed: number): Read {
  const { make, ...planned } = planProblem(options, seed);
  const { problem, bound, construction } = planned;
  const outside =
    options.hidden === undefined
      ? outsideProof(bound, bound.layers(problem), construction.distribution)
      : undefined;
  if (outside !== undefined) warn(outside);
  // The target last: a large one is not drawn for a bound that is out of range.
  return { ...planned, ...make() };
}

/** The same without the target, which `make` makes. @throws InputError for options that describe nothing */
export function planProblem(
  options: ProblemOptions,
  seed: number,
): Omit<Read, 'target' | 'scale'> & { readonly make: () => Pick<Read, 'target' | 'scale'> } {
  const { widths, make } = readTarget(options, seed);
  const { epsilon, delta, resamplings } = options;
  const problem = requireProblem({ widths, epsilon, delta, resamplings });
  const { formula, strategy } = options;
  if (options.anytime !== undefined && !strategyByName(strategy).sums)
    throw new InputError(
      '--anytime',
      `means nothing for the strategy '${strategy}', which adds nothing up`,
      'leave it out',
    );
  const bound =
    formula === undefined ? boundByName(options.bound ?? defaultBound(strategy)) : formulaBound(formula);
  const distribution = parseDistribution(options.distribution);
  const construction = constructionFor(problem, bound, distribution, {
    ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
    ...(options.hidden === undefined ? {} : { hidden: options.hidden }),
    strategy,
    ...(options.anytime === undefined ? {} : { anytime: options.anytime }),
  });
  return { problem, bound, construction, make };
}

/** What epsilon is of, where a file was rescaled: f = scale * target. */
export const scaleText = (scale: number): string =>
  `f is ${formatNumber(scale)} times the rescaled target, to which epsilon refers: of f itself the error is that many times epsilon`;

/** A target's file, rescaled if asked for. @throws InputError if a matrix has a norm above 1 and is not rescaled */
export function readTargetMatrices(path: string, rescale: boolean): { target: Target; scale: number } {
  const read = decodeTarget(readTargetFile(path), path);
  const { target, scale } = rescale ? rescaleTarget(read) : { target: read, scale: 1 };
  requireTarget(target, path);
  return { target, scale };
}

/** The target's widths, and how to make it. */
function readTarget(
  options: ProblemOptions,
  seed: number,
): { widths: readonly number[]; make: () => { target: Target; scale: number } } {
  const { weight, widths, target: text } = options;
  if (weight !== undefined) {
    return { widths: [1, 1], make: () => ({ target: singleWeightTarget(weight), scale: 1 }) };
  }
  const kind = targetKinds.find((known) => known === text);
  if (kind !== undefined) {
    if (widths === undefined)
      throw new InputError(`--target ${kind}`, 'needs widths', 'pass e.g. --widths 784,300,100,10');
    if (options.rescale)
      throw new InputError(
        '--rescale',
        `means nothing for ${kind} targets, whose norms are 1`,
        'leave it out',
      );
    return { widths, make: () => ({ target: makeTarget(kind, widths, seed), scale: 1 }) };
  }
  const { target, scale } = readTargetMatrices(text, options.rescale === true);
  if (widths !== undefined && widths.join() !== target.widths.join())
    throw new InputError(
      `--widths ${widths.join(',')}`,
      `${text} has ${target.widths.join(',')}`,
      'leave --widths out',
    );
  return { widths: target.widths, make: () => ({ target, scale }) };
}

/** A target file's bytes; a path that is not there may be a misspelt kind. */
function readTargetFile(path: string): Buffer {
  const near = nearest(path, targetKinds);
  if (near !== undefined && !existsSync(path))
    throw new InputError(
      `target '${path}'`,
      `is no file, and none of ${targetKinds.join(', ')}`,
      `did you mean '${near}'`,
    );
  return readBytes(path);
}
