import { availableParallelism } from 'node:os';
import { Argument, type Command, Option } from 'commander';
import { InputError, requireOneOf } from '../core/errors.js';
import { type Range, readNumber, readNumbers, requireText } from '../core/read-number.js';
import { RUN_DEFAULTS } from '../train/spec/defaults.js';

export { type Range, readNumber, requireText };

/** An option that takes a number. */
export function numberOption(flags: string, help: string, range: Range = {}): Option {
  const option = new Option(flags, help);
  return option.argParser((text: string) => readNumber(option.long!, text, range));
}

/** An option that takes numbers with commas between them. */
export function numbersOption(flags: string, help: string, range: Range = {}): Option {
  const option = new Option(flags, help);
  return option.argParser((text: string) => readNumbers(option.long!, text, range));
}

/** An option that takes a text: a name, a path, a formula. */
export function textOption(flags: string, help: string): Option {
  const option = new Option(flags, help);
  return option.argParser((text: string) => requireText(option.long!, text));
}

/** An option that takes one of several words. */
export function choiceOption(flags: string, help: string, choices: readonly string[]): Option {
  const option = new Option(flags, `${help}: ${listed(choices)}`);
  return option.argParser((text: string) =>
    requireOneOf(option.long!, requireText(option.long!, text), choices),
  );
}

/** `a, b or c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** An argument that is a text, or with `...` in its name several. */
export function textArgument(name: string, help: string): Argument {
  const argument = new Argument(name, help);
  const read = (text: string, before: unknown): unknown => {
    requireText(`<${argument.name()}>`, text);
    return argument.variadic ? [...((before as string[] | undefined) ?? []), text] : text;
  };
  return argument.argParser(read);
}

/** More threads than this help no machine, and each takes memory. */
const mostThreads = (): number => 16 * availableParallelism();

/** An option that takes a number of threads. */
export const threadsOption = (flags: string, help: string): Option =>
  numberOption(flags, help, { whole: true, least: 1, most: mostThreads() });

/** Options that several commands share, with the same words and defaults. */
export const shared = {
  json: () => new Option('--json', 'print JSON on stdout, and no progress'),
  seed: () =>
    numberOption('--seed <n>', 'seed of everything random', { whole: true, least: 0 }).default(
      RUN_DEFAULTS.seed,
    ),
  distribution: () =>
    textOption(
      '--distribution <name>',
      'D_param: uniform:A, normal:S, two-valued:A, ku:FAN_IN, sc:FAN_IN',
    ).default('uniform:1'),
  workers: () =>
    threadsOption('--workers <n>', 'number of threads; results do not depend on it').default(
      availableParallelism(),
      'all cores',
    ),
  alpha: () =>
    numberOption('--alpha <level>', 'error level of all intervals together, between 0 and 1').default(1e-3),
  runs: () => textOption('--out <folder>', 'folder of all runs').default(RUN_DEFAULTS.root),
};

/** Whether the command line itself gave an option, by its key. */
export const wasGiven = (command: Command, key: string): boolean =>
  command.getOptionValueSource(key) === 'cli';

/**
 * Refuses options that were given though they would have no effect.
 *
 * @param beside what they were given with, e.g. `--resume`
 * @param keys the options that have none there, by their keys
 * @param why the rule, e.g. `a run keeps the settings it was begun with`
 */
export function refuseUnused(command: Command, beside: string, keys: readonly string[], why: string): void {
  const unused = command.options.find(
    (o) => keys.includes(o.attributeName()) && wasGiven(command, o.attributeName()),
  );
  if (unused !== undefined)
    throw new InputError(`${unused.long} with ${beside}`, why, `leave ${unused.long} out`);
}

/** A warning on stderr, one line. */
export function warn(message: string): void {
  process.stderr.write(`iterand: warning: ${message}\n`);
}

/** JSON on stdout, ended by a newline. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 1)}\n`);
}

/** A line on stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
