import { Command, CommanderError, Option } from 'commander';
import { choiceOption, numberOption, numbersOption, textOption } from '../../src/cli/options.js';
import { InputError, requireOneOf } from '../../src/core/errors.js';
import { readNumber, requireText } from '../../src/core/read-number.js';
import { devicePaths, type Path, pathsOf } from './paths.js';

/** The networks that the peer knows too. */
export const NETWORKS = ['conv6', 'resnet18'] as const;

/** A network of the table. */
export interface Sized {
  readonly network: (typeof NETWORKS)[number];
  readonly width: number;
}

/** What `npm run gpu:check` is asked for. */
export interface Settings {
  readonly networks: readonly Sized[];
  readonly batches: readonly number[];
  /** Training steps of a measurement, after two that warm up. */
  readonly steps: number;
  /** A measurement ends early after this many seconds. */
  readonly limit: number;
  readonly paths: readonly Path[];
  /** Files of reference vectors; default those of the tests. */
  readonly vectors: readonly string[] | undefined;
  /** Of the laws those whose names hold this text; undefined: all. */
  readonly laws: string | undefined;
  /** An interpreter that may have torch; undefined: no peer. */
  readonly python: string | undefined;
  /** PyTorch's device. */
  readonly peerDevice: 'cuda' | 'cpu';
  readonly out: string;
  /** Measures again what the report has. */
  readonly again: boolean;
  /** The name in the report's file names. */
  readonly device: string | undefined;
}

interface Given {
  readonly networks: readonly Sized[];
  readonly batches: readonly number[];
  readonly steps: number;
  readonly limit: number;
  readonly paths?: readonly Path[];
  readonly vectors?: readonly string[];
  readonly laws?: string;
  readonly python: string;
  readonly peerDevice: 'cuda' | 'cpu';
  readonly peer: boolean;
  readonly out: string;
  readonly again?: true;
  readonly device?: string;
}

const known = pathsOf().map(({ name }) => name);

/**
 * Reads the arguments of `npm run gpu:check`.
 *
 * @returns undefined if help was asked for and printed
 * @throws InputError for an unknown option or a value out of range
 */
export function readSettings(args: readonly string[]): Settings | undefined {
  const command = new Command('gpu:check')
    .description(
      'Finds the ways to train that this machine has, holds each to the reference vectors and to the CPU, and measures training\n' +
        'steps on each, beside PyTorch where an interpreter has it with a device. What is measured is saved at once: started again\n' +
        'with the same settings, it goes on where it was stopped.',
    )
    .addOption(
      listOption('--networks <list>', `NETWORK:WIDTH of ${NETWORKS.join(', ')}`, readNetwork).default(
        ['conv6:0.25', 'conv6:1', 'conv6:2', 'resnet18:0.25', 'resnet18:1'].map(readNetwork),
        'conv6:0.25,conv6:1,conv6:2,resnet18:0.25,resnet18:1',
      ),
    )
    .addOption(
      numbersOption('--batches <list>', 'images in a batch', { whole: true, least: 1, most: 4096 }).default(
        [128, 512],
        '128,512',
      ),
    )
    .addOption(
      numberOption('--steps <n>', 'training steps of a measurement', {
        whole: true,
        least: 1,
        most: 1e6,
      }).default(200),
    )
    .addOption(
      numberOption('--limit <seconds>', 'a measurement ends early after this time', {
        least: 0,
        most: 86400,
      }).default(60),
    )
    .addOption(
      listOption(
        '--paths <list>',
        `of ${known.join(', ')}; without it all but the CPU`,
        (name) => pathsOf().find((path) => path.name === requireOneOf('--paths', name, known))!,
      ),
    )
    .addOption(
      listOption('--vectors <list>', 'files of reference vectors; without it those of the tests', (file) =>
        requireText('--vectors', file),
      ),
    )
    .addOption(textOption('--laws <text>', 'of the laws those whose names hold this text; without it all'))
    .addOption(textOption('--python <path>', 'an interpreter that may have torch').default('python3'))
    .addOption(choiceOption('--peer-device <name>', "PyTorch's device", ['cuda', 'cpu']).default('cuda'))
    .option('--no-peer', 'leave PyTorch out')
    .addOption(textOption('--out <folder>', 'where the report goes').default('reports/gpu'))
    .addOption(textOption('--device <name>', "the device's name, where the machine does not tell it"))
    .option('--again', 'measure again what the report has')
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new InputError(
      'gpu:check',
      error.message.replace(/^error: /, '').replace(/\.$/, ''),
      'see npm run gpu:check -- --help',
    );
  }
  const { peer, python, vectors, laws, paths, device, again, ...rest } = command.opts<Given>();
  return {
    ...rest,
    paths: paths ?? devicePaths(),
    vectors,
    laws,
    python: peer ? python : undefined,
    device,
    again: again === true,
  };
}

function listOption(flags: string, help: string, read: (item: string) => unknown): Option {
  const option = new Option(flags, `${help}, separated by commas`);
  return option.argParser((text: string) => requireText(option.long!, text).split(',').map(read));
}

function readNetwork(item: string): Sized {
  const [network = '', width = '', ...more] = item.split(':');
  if (more.length > 0)
    throw new InputError(`--networks '${item}'`, 'must be NETWORK:WIDTH', 'write it such as conv6:0.25');
  return {
    network: requireOneOf('--networks', network, NETWORKS),
    width: readNumber(`--networks ${network}:`, width, { least: 2 ** -6, most: 16 }),
  };
}
