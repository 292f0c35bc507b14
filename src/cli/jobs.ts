import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { InputError } from '../core/errors.js';
import { readNumbers } from '../core/read-number.js';
import type { JobKind, JobMachine } from '../sweep/job.js';
import type { PlannedRun, SweepPlan } from '../sweep/plan.js';
import { trainingJobs } from '../sweep/training.js';
import { deviceText, hasDevices } from '../train/engines/devices.js';
import type { TrainSpec } from '../train/spec/spec.js';
import { DEVICES, MACHINE_CHECKS, pick, requireDevicesUsed } from './machine.js';
import { refuseUnused, threadsOption, wasGiven } from './options.js';
import { lawJobs, simulateJobs } from './theory-jobs.js';

/** The kinds of work that a sweep file may name as its `job`. */
export const jobKinds: readonly JobKind[] = [trainingJobs, simulateJobs, lawJobs];

/** Each refuses a flag that a run of a kind has no use for. */
const CHECKS: Readonly<Record<string, readonly ((command: Command, spec: never) => void)[]>> = {
  train: MACHINE_CHECKS,
  simulate: [theoryUses],
  law: [theoryUses],
};

function theoryUses(command: Command): void {
  const unused = ['device', ...JOB_OPTIONS.filter((key) => key !== 'threads')];
  refuseUnused(command, 'trials of the theory', unused, 'they have no images, no checkpoints and no device');
}

/** Refuses a flag that no run has a use for; one that some have is theirs. Of --device the runs decide that have one, if any has. */
export function requireUsedBySome(command: Command, { kind }: SweepPlan, runs: readonly PlannedRun[]): void {
  const onDevice = runs.filter(
    ({ spec }) => kind.name === trainingJobs.name && hasDevices(spec as TrainSpec),
  );
  for (const check of CHECKS[kind.name]!) {
    let refusal: unknown;
    const concerned = check === requireDevicesUsed && onDevice.length > 0 ? onDevice : runs;
    const used = concerned.some(({ spec }) => {
      const refused = refusalOf(() => check(command, spec as never));
      refusal ??= refused;
      return refused === undefined;
    });
    if (!used) throw refusal;
  }
}

function refusalOf(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Threads of each of `jobs` runs that share this machine, or what a batch system gives of it; undefined where one run has all of it. */
export function sharedThreads(jobs: number, env: NodeJS.ProcessEnv = process.env): number | undefined {
  const given = Number(env.SLURM_CPUS_ON_NODE);
  const cores = given > 0 ? Math.min(given, availableParallelism()) : availableParallelism();
  return jobs === 1 && cores === availableParallelism() ? undefined : Math.max(1, Math.floor(cores / jobs));
}

/** An option that says how many runs are carried out at a time. */
export const jobsOption = () =>
  threadsOption('--jobs <n>', 'runs at a time; each has its share of the cores as threads').default(
    1,
    '1, or one for each --device',
  );

/** An option that names the devices that runs are spread over. */
export const devicesOption = () =>
  new Option(
    '--device <list>',
    'NVIDIA devices, such as 0,1 (cuda and tensorflow): runs at a time use them in turn',
  ).argParser((text: string) => {
    const devices = readNumbers('--device', text, DEVICES);
    const twice = devices.find((device, i) => devices.indexOf(device) < i);
    if (twice === undefined) return devices;
    throw new InputError(
      `--device ${text}`,
      `names device ${twice} twice`,
      'name each once: where --jobs is larger, runs share them in turn',
    );
  });

/**
 * How many of `runs` runs go on at a time: as many as there are devices, if --jobs does not say.
 *
 * @throws InputError where a device would have no run
 */
export function jobsOver(devices: readonly number[], runs: number, command: Command, jobs: number): number {
  if (devices.length > runs)
    throw new InputError(
      `--device ${devices.join()} for ${runs} ${runs === 1 ? 'run' : 'runs'}`,
      `leaves device ${devices[runs]} without a run`,
      `pass ${runs === 1 ? 'one device' : `${runs} devices or fewer`}`,
    );
  if (!wasGiven(command, 'jobs')) return Math.max(1, devices.length);
  if (jobs >= devices.length) return jobs;
  throw new InputError(
    `--device ${devices.join()} with --jobs ${jobs}`,
    `leaves device ${devices[jobs]} without a run`,
    `pass --jobs ${devices.length} or more, or fewer devices`,
  );
}

/** Says on stderr on which devices the runs compute that have some, as far as that is known before they start: TensorFlow may find no GPU. */
export function sayDevices(
  { kind }: SweepPlan,
  runs: readonly PlannedRun[],
  devices: readonly number[],
): void {
  const known = (spec: TrainSpec) => hasDevices(spec) && (spec.provider === 'cuda' || devices.length > 0);
  if (kind.name !== trainingJobs.name || !runs.some(({ spec }) => known(spec as TrainSpec))) return;
  const words = (devices.length === 0 ? [0] : devices).map((device) => deviceText(device));
  process.stderr.write(`iterand: runs compute on ${words.join(', ')}.\n`);
}

/** Options that a run of a sweep is given, by their keys. */
export const JOB_OPTIONS = [
  ...['dataFolder', 'threads', 'workers', 'unreadable'],
  ...['checkpointEpochs', 'checkpointMinutes'],
] as readonly Exclude<keyof JobMachine, 'device'>[];

/** What each of so many runs at a time is given. */
export function jobMachine(options: JobMachine & { readonly jobs: number }): JobMachine {
  const threads = options.threads ?? sharedThreads(options.jobs);
  return { ...pick(options, JOB_OPTIONS), ...(threads === undefined ? {} : { threads }) };
}
