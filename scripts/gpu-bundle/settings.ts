import { Command, CommanderError, Option } from 'commander';
import { choiceOption, numberOption, textOption } from '../../src/cli/options.js';
import { InputError, requireOneOf } from '../../src/core/errors.js';
import { requireText } from '../../src/core/read-number.js';

const PARTS = ['base', 'cuda'] as const;
export type Part = (typeof PARTS)[number];

/** What `npm run gpu:bundle` is asked for. */
export interface Settings {
  readonly out: string;
  readonly parts: readonly Part[];
  /** Where CUDA's provider comes from. */
  readonly cuda: 'installed' | 'npm';
  /** Brotli's, 0 to 11. */
  readonly quality: number;
}

/**
 * Reads the arguments of `npm run gpu:bundle`.
 *
 * @returns undefined if help was asked for and printed
 * @throws InputError for an unknown option or a value out of range
 */
export function readSettings(args: readonly string[]): Settings | undefined {
  const command = new Command('gpu:bundle')
    .description(
      'Packs gpu:check with all that it needs for a Linux x64 machine without a network, in archives of at most 60 MiB:\n' +
        'iterand-gpu.tar.gz, and with the part cuda iterand-gpu-cuda.tar and more for the CUDA provider.',
    )
    .addOption(textOption('--out <folder>', 'where the archives go').default('gpu-bundle'))
    .addOption(
      new Option('--parts <list>', `of ${PARTS.join(', ')}, separated by commas`)
        .argParser((text: string) =>
          requireText('--parts', text)
            .split(',')
            .map((part) => requireOneOf('--parts', part, PARTS)),
        )
        .default(['base'], 'base'),
    )
    .addOption(
      choiceOption(
        '--cuda <source>',
        "the CUDA provider: the installed engine's, or an engine of an earlier version and its provider from npm",
        ['installed', 'npm'],
      ).default('installed'),
    )
    .addOption(
      numberOption('--quality <n>', 'how hard to compress: 0 is fast, 11 is small', {
        whole: true,
        least: 0,
        most: 11,
      }).default(9),
    )
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new InputError(
      'gpu:bundle',
      error.message.replace(/^error: /, '').replace(/\.$/, ''),
      'see npm run gpu:bundle -- --help',
    );
  }
  return command.opts<Settings>();
}
