import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { InputError } from '../core/errors.js';
import { type Bound, boundByName, bounds, formulaBound } from '../theory/bounds/index.js';
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
import { number, numbers } from './options.js';

/** What {@link addProblemOptions} reads. */
export interface ProblemOptions {
  readonly widths?: number[];
  readonly epsilon: number;
  readonly delta: number;
  readonly resamplings: number;
  readonly bound: string;
  readonly formula?: string;
  readonly hidden?: number[];
  readonly tolerance?: number;
  readonly distribution: string;
  readonly target: string;
  readonly weight?: number;
  readonly rescale?: boolean;
}

/** Options for a target, a random network and the construction in it. */
export function addProblemOptions(command: Command): Command {
  return command
    .option('--widths <d0,...,dl>', 'layer widths of the target', numbers)
    .addOption(
      new Option('--weight <w>', 'the target w x, one weight in [-1, 1]')
        .argParser(number)
        .conflicts(['widths', 'target', 'rescale']),
    )
    .option(
      '--target <kind|file>',
      `${targetKinds.join(', ')}, or a .safetensors or .json file of matrices`,
      'gaussian',
    )
    .option('--rescale', 'divide each matrix of a file by its norm (positive homogeneity)')
    .requiredOption('--epsilon <error>', 'allowed error of the network, in (0, 1]', number)
    .requiredOption('--delta <probability>', 'allowed failure probability, in (0, 1)', number)
    .option('--resamplings <R>', 'samples per entry, itself and R-1 re-samplings', number, 1)
    .addOption(
      new Option('--bound <name>', `whose widths: ${bounds.map((b) => b.name).join(', ')}`).default(
        'corrected',
      ),
    )
    .addOption(
      new Option(
        '--formula <text>',
        'a width formula for D_i in mathjs syntax over l, i, d0 ... dl, din, dout, epsilon, delta, R',
      ).conflicts('bound'),
    )
    .option('--hidden <D1,...,Dl>', 'hidden widths in place of the bound', numbers)
    .option('--tolerance <t>', "one entry tolerance in place of the bound's schedule", number)
    .option(
      '--distribution <name>',
      'D_param: uniform:A, normal:S, two-valued:A, ku:FAN_IN, sc:FAN_IN',
      'uniform:1',
    );
}

/** The target, the problem and the construction that the options describe. */
export function readProblem(
  options: ProblemOptions,
  seed: number,
): {
  problem: Problem;
  bound: Bound;
  construction: Construction;
  target: Target;
  /** f = scale * target where the file was rescaled, else 1. */
  scale: number;
} {
  const { widths, make } = readTarget(options, seed);
  const { epsilon, delta, resamplings } = options;
  const problem = requireProblem({ widths, epsilon, delta, resamplings });
  const bound = options.formula === undefined ? boundByName(options.bound) : formulaBound(options.formula);
  const construction = constructionFor(problem, bound, parseDistribution(options.distribution), {
    ...(options.tolerance === undefined ? {} : { tolerance: options.tolerance }),
    ...(options.hidden === undefined ? {} : { hidden: options.hidden }),
  });
  // The target last: a large one is not drawn for a bound that is out of range.
  return { problem, bound, construction, ...make() };
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
  const read = decodeTarget(readInput(text), text);
  const { target, scale } = options.rescale ? rescaleTarget(read) : { target: read, scale: 1 };
  if (widths !== undefined && widths.join() !== target.widths.join())
    throw new InputError(
      `--widths ${widths.join(',')}`,
      `${text} has ${target.widths.join(',')}`,
      'leave --widths out',
    );
  requireTarget(target);
  return { widths: target.widths, make: () => ({ target, scale }) };
}

/** A file's bytes. @throws InputError that names the path and what is wrong with it */
export function readInput(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      `file '${path}'`,
      `cannot be read (${code})`,
      'check the path, or a known name was misspelt',
    );
  }
}
