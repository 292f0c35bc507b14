import { type Command, Option } from 'commander';
import type { Machine } from '../train/run/setup.js';

/** Adds the flags of {@link Machine} to a command. */
export function machineFlags(command: Command): Command {
  return command
    .option('--data-folder <folder>', 'where the data are (default: ITERAND_DATA, or data)')
    .option('--threads <number>', 'threads of the cpu provider (default: all cores)', Number)
    .option('--workers <number>', 'threads that read and augment images', Number)
    .addOption(
      new Option('--unreadable <what>', 'on an image that cannot be read').choices(['stop', 'skip']),
    );
}

/** The machine that a command's flags name. */
export function machineOf(options: Machine): Machine {
  return pick(options, ['dataFolder', 'threads', 'workers', 'unreadable']);
}

/** The entries of `from` under these keys that are given. */
export function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((k) => from[k] !== undefined).map((k) => [k, from[k]])) as Pick<T, K>;
}
