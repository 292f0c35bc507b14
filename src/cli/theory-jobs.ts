import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Command, CommanderError } from 'commander';
import { InputError } from '../core/errors.js';
import { readBytes } from '../core/files.js';
import type { PartStore } from '../core/pool.js';
import { type ResultJob, resultJobs } from '../sweep/result-jobs.js';
import type { Settings } from '../sweep/sweep-file.js';
import { RUN_DEFAULTS } from '../train/spec/defaults.js';
import { checkLaw, type LawOptions, lawCommand, lawJson, lawOf } from './law.js';
import {
  checkSimulation,
  requireExistenceAlone,
  type SimulateOptions,
  simulate,
  simulateCommand,
  simulationJson,
} from './simulate.js';

/** Options that are no settings: the seed is the sweep's, the others change no result. */
const BESIDE = ['seed', 'workers', 'json'];

type OfCommand<T> = Omit<T, 'seed' | 'workers' | 'json'>;

/** What a theory job needs beside its command. */
interface Theory<T> {
  readonly command: () => Command;
  readonly label: (options: T) => string;
  /** The result as the command's `--json` prints it. */
  readonly json: (options: T, progress: () => void, kept?: PartStore<never>) => Promise<object>;
  readonly fewest: number;
  /** What settings given as the command's options may not be together. */
  readonly together?: (options: T, command: Command) => void;
  readonly check: (options: T) => Promise<void>;
}

/** Runs of a command of the theory: their settings are its options, and each result is what its `--json` prints. */
function commandJobs<T extends { readonly trials: number }>(
  name: string,
  { command, label, json, fewest, together, check }: Theory<T>,
) {
  const job: ResultJob<OfCommand<T> & { trials: number }, object> = {
    name,
    version: 1,
    keys: command()
      .options.map((option) => option.attributeName())
      .filter((key) => !BESIDE.includes(key)),
    resolve(settings) {
      const of = command();
      const spec = parsed(of, settings);
      together?.(spec as unknown as T, of);
      return spec as OfCommand<T> & { trials: number };
    },
    check: (spec) => check(parsedWith(command(), spec, RUN_DEFAULTS.seed, 1) as unknown as T),
    label: (spec) => label(spec as unknown as T),
    async compute(spec, seed, { threads, progress, kept }) {
      const options = parsedWith(command(), spec, seed, threads) as unknown as T;
      // As it is printed: JSON has no infinite numbers. What is kept is what was put there, sealed.
      return JSON.parse(JSON.stringify(await json(options, progress, kept as PartStore<never>))) as object;
    },
    rateOf: (result) => ('rate' in result ? (result.rate as number) : undefined),
    brief(spec) {
      const trials = Math.min(spec.trials, fewest);
      return { spec: { ...spec, trials }, share: trials / spec.trials };
    },
  };
  return resultJobs(job);
}

export const simulateJobs = commandJobs<SimulateOptions>('simulate', {
  command: simulateCommand,
  label: ({ existence, strategy }) => (existence ? 'existence' : (strategy ?? 'projection')),
  json: async (options, progress, kept) => simulationJson(await simulate(options, progress, kept)),
  fewest: 32,
  together: requireExistenceAlone,
  check: checkSimulation,
});

export const lawJobs = commandJobs<LawOptions>('law', {
  command: lawCommand,
  label: ({ weight }) => `weight_${weight}`,
  json: async (options, progress, kept) => lawJson(options, await lawOf(options, progress, kept)),
  fewest: 10,
  check: checkLaw,
});

/** What the command makes of settings as its options: defaults filled in, numbers checked. A file is known by its content. */
function parsed(command: Command, settings: Settings): Settings {
  const given = optionsOf(command, settings);
  const spec = Object.fromEntries(Object.entries(given).filter(([key]) => !BESIDE.includes(key)));
  const { target } = spec;
  if (typeof target !== 'string' || !existsSync(target)) return spec;
  return { ...spec, targetSha256: createHash('sha256').update(readBytes(target)).digest('hex') };
}

/** The command's options for a run; its files must be those that it was planned with. */
function parsedWith(command: Command, spec: Settings, seed: number, threads: number | undefined): Settings {
  const { targetSha256, ...settings } = spec;
  if (parsed(command, settings).targetSha256 !== targetSha256)
    throw new InputError(
      `target ${settings.target}`,
      'has changed since the sweep was planned',
      'restore it, or give the sweep another name',
    );
  return { ...settings, seed, workers: threads ?? availableParallelism() };
}

function optionsOf(command: Command, settings: Settings): Settings {
  const words = Object.entries(settings).flatMap(([key, value]) => wordsOf(command, key, value));
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  command.action(() => {});
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new InputError('settings', error.message.replace(/^error: /, ''), 'correct them');
  }
  return command.opts();
}

/** A setting as the command line has it. */
function wordsOf(command: Command, key: string, value: unknown): string[] {
  const flag = command.options.find((option) => option.attributeName() === key)?.long;
  if (flag === undefined || flag === null || value === undefined || value === false) return [];
  if (value === true) return [flag];
  const text = Array.isArray(value) ? value.join(',') : value;
  if (typeof text !== 'string' && typeof text !== 'number')
    throw new InputError(
      `${key} ${JSON.stringify(value)}`,
      'must be a text, a number, true or a list of numbers',
      `give ${key} such a value`,
    );
  return [`${flag}=${text}`];
}
