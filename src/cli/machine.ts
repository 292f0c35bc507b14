import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { InputError } from '../core/errors.js';
import { LAST_DEVICE, requireDevice, withoutDevices } from '../train/engines/devices.js';
import {
  DEFAULT_BACKEND,
  DEFAULT_PROVIDER,
  ENGINES,
  type EnginePath,
  hardwareOf,
  requireEnginePath,
} from '../train/engines/names.js';
import { PROVIDERS } from '../train/engines/onnx/providers.js';
import { BACKENDS } from '../train/engines/tfjs/backends.js';
import type { Machine } from '../train/run/setup.js';
import type { TrainSpec } from '../train/spec/spec.js';
import { choiceOption, numberOption, refuseUnused, textOption, threadsOption, wasGiven } from './options.js';
import { readingImages } from './progress.js';

export const dataFolderOption = () =>
  textOption('--data-folder <folder>', 'where the data are (default: ITERAND_DATA, or data)');

/** Adds the flags of {@link Machine} to a command. */
export function machineFlags(command: Command): Command {
  return command
    .addOption(dataFolderOption())
    .addOption(threadsOption('--threads <number>', 'threads of the cpu provider (default: all cores)'))
    .addOption(
      threadsOption('--workers <number>', 'threads that read and augment images (default: by the data)'),
    )
    .addOption(
      choiceOption('--unreadable <what>', 'what an image that cannot be read does (default: stop)', [
        'stop',
        'skip',
      ]),
    );
}

export const deviceOption = () =>
  numberOption(
    '--device <n>',
    'which NVIDIA device, of cuda and tensorflow (default: 0, the first)',
    DEVICES,
  );
export const DEVICES = { whole: true, least: 0, most: LAST_DEVICE } as const;

/** Refuses --device where none can be chosen, or that number is none that this process sees. */
export function requireDeviceUsed(path: EnginePath, device: number | undefined): void {
  const why = withoutDevices(path);
  if (why !== undefined && device !== undefined)
    throw new InputError(`--device ${device} on ${hardwareOf(path)}`, why, 'leave --device out');
  requireDevice(path, device);
}

/** Adds the flags that name another engine than a run's own, for evaluations. */
export function engineFlags(command: Command): Command {
  return command
    .addOption(choiceOption('--engine <name>', "what computes (default: the run's)", ENGINES))
    .addOption(choiceOption('--provider <name>', 'hardware of the onnx engine', PROVIDERS))
    .addOption(choiceOption('--backend <name>', 'hardware of the tfjs engine', BACKENDS));
}

/** The engine that flags name in the place of a run's own; undefined where none is named. */
export function engineOf(
  command: Command,
  given: Partial<EnginePath>,
  own: Pick<TrainSpec, 'engine' | 'provider' | 'backend'>,
): EnginePath | undefined {
  const { engine = own.engine, provider, backend } = given;
  refuseUnused(
    command,
    `the engine ${engine}`,
    [engine === 'onnx' ? 'backend' : 'provider'],
    'it is of the other engine',
  );
  if (given.engine === undefined && provider === undefined && backend === undefined) return undefined;
  return engine === 'onnx'
    ? { engine, provider: provider ?? own.provider ?? DEFAULT_PROVIDER }
    : { engine, backend: backend ?? own.backend ?? DEFAULT_BACKEND };
}

/** The machine that a command's flags name. */
export function machineOf(options: Machine): Machine {
  return {
    ...pick(options, ['dataFolder', 'threads', 'device', 'workers', 'unreadable']),
    opening: readingImages(),
  };
}

/** What flags of {@link Machine} are held against. */
type Flagged = EnginePath & Pick<TrainSpec, 'data'>;

/** Each refuses one flag of {@link Machine} that a run with this spec has no use for. */
export const MACHINE_CHECKS: readonly ((command: Command, spec: Flagged) => void)[] = [
  requireThreadsUsed,
  requireDevicesUsed,
  (command, spec) => requireDataFolderUsed(command, spec.data),
];

/** Refuses flags of {@link Machine} that a run with this spec has no use for. */
export function requireMachineUsed(command: Command, spec: Flagged): void {
  for (const check of MACHINE_CHECKS) check(command, spec);
}

/** Refuses --device, of one or of several, that a run with this spec has no use for. */
export function requireDevicesUsed(command: Command, spec: EnginePath): void {
  const devices = command.getOptionValue('device') as number | readonly number[] | undefined;
  for (const device of [devices ?? []].flat()) requireDeviceUsed(spec, device);
}

function requireThreadsUsed(command: Command, spec: Flagged): void {
  requireEnginePath(spec);
  const { engine, provider, backend } = spec;
  if (engine !== 'onnx' || provider !== 'cpu')
    refuseUnused(
      command,
      engine === 'onnx' ? `the provider ${provider}` : `the backend ${backend}`,
      ['threads'],
      'they are threads of the cpu provider',
    );
}

/** Refuses --data-folder for data that lie elsewhere. */
export function requireDataFolderUsed(command: Command, data: string): void {
  const where =
    data === 'mnist' ? 'it is built in' : data.startsWith('folder:') ? 'its path is given' : undefined;
  if (where !== undefined) refuseUnused(command, `the data ${data}`, ['dataFolder'], where);
  requireDataFolder(command);
}

/** Refuses a --data-folder that is not there. */
export function requireDataFolder(command: Command): void {
  const folder = command.getOptionValue('dataFolder') as string | undefined;
  if (folder !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`--data-folder ${folder}`, 'is no folder', 'check the path');
}

/** The run that a person names, which must lie in --out where that was given. */
export async function namedRun(command: Command, root: string, given: string) {
  const { openRun } = await import('../train/run/open.js');
  const { resolve } = await import('node:path');
  const run = openRun(root, given);
  if (wasGiven(command, 'out') && resolve(run.root) !== resolve(root))
    throw new InputError(
      `--out ${root}`,
      `the run lies in ${run.root}`,
      'leave --out out, or name the run as it is there',
    );
  return run;
}

/** The entries of `from` under these keys that are given. */
export function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((k) => from[k] !== undefined).map((k) => [k, from[k]])) as Pick<T, K>;
}
