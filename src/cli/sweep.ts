import { Command, Option } from 'commander';
import { readBytes } from '../core/files.js';
import { parseJson } from '../core/json.js';
import type { JobMachine } from '../sweep/job.js';
import { type PlannedRun, planSweep, requireRunnable, runText, type SweepPlan } from '../sweep/plan.js';
import { selectRuns } from '../sweep/select.js';
import type { SweepStatus } from '../sweep/status.js';
import {
  devicesOption,
  JOB_OPTIONS,
  jobKinds,
  jobMachine,
  jobsOption,
  jobsOver,
  requireUsedBySome,
} from './jobs.js';
import { machineFlags, pick } from './machine.js';
import { choiceOption, numberOption, refuseUnused, shared, textArgument, textOption } from './options.js';
import { checkpointOptions } from './train-options.js';

interface SweepOptions extends Omit<JobMachine, 'device'> {
  readonly device?: readonly number[];
  readonly out?: string;
  readonly only?: string;
  readonly jobs: number;
  readonly launcher: 'local' | 'slurm';
  readonly slurm?: string;
  readonly atOnce?: number;
  /** Given by a batch script alone. */
  readonly task?: string;
  readonly list?: true;
  readonly dryRun?: true;
  readonly status?: true;
  readonly watch?: true;
  readonly json?: true;
}

/** `iterand sweep`. */
export function sweepCommand(): Command {
  const command = new Command('sweep')
    .summary('carry out a grid of runs, on this machine or in Slurm')
    .description(
      'Carries out the runs that a sweep file names: every point of its grid with every case and every seed (docs/sweeps.md). They are\n' +
        "the runs of 'iterand train' with the same settings: they lie in the same folders, go on where they stopped, and are not run again\n" +
        'once finished. Several processes may be set on one sweep. Ctrl-C saves; the same command goes on.',
    )
    .addArgument(textArgument('<file>', 'the sweep: JSON with name, job, base, grid, cases and seeds'))
    .option('--list', 'print the runs, and carry out none')
    .option('--dry-run', 'measure a few steps of each distinct network; print time and memory; write nothing')
    .option('--status', 'print where each run stands, read from its folder; carry out none')
    .option(
      '--watch',
      'show where the runs stand until all have ended, and keep the page of it up to date; carry out none',
    )
    .addOption(
      textOption(
        '--only <pattern>',
        "of the runs those that match, such as 'method=iterand,seed=1' or the start of a name",
      ),
    )
    .addOption(jobsOption())
    .addOption(devicesOption())
    .addOption(
      choiceOption('--launcher <name>', 'who carries the runs out', ['local', 'slurm']).default('local'),
    )
    .addOption(
      textOption(
        '--slurm <options>',
        "sbatch's options of each task, such as '--partition=gpu --time=8:00:00'",
      ),
    )
    .addOption(
      numberOption('--at-once <n>', 'Slurm tasks that run at a time (default 8)', {
        whole: true,
        least: 1,
        most: 100_000,
      }),
    )
    .addOption(new Option('--task <list>', 'the runs of this Slurm task').hideHelp())
    .addOption(
      textOption('--out <folder>', 'folder of all runs (default: runs, or trials for theory trials)'),
    );
  for (const option of checkpointOptions()) command.addOption(option);
  return machineFlags(command)
    .addOption(shared.json())
    .addHelpText(
      'after',
      `
Examples:
  npx iterand sweep grid.json --list
  npx iterand sweep grid.json --jobs 2 --only seed=1
  npx iterand sweep grid.json --launcher slurm --slurm "--partition=gpu --time=8:00:00" --at-once 8
  npx iterand sweep grid.json --watch`,
    )
    .action(sweep);
}

const CHECKPOINTS = ['checkpointEpochs', 'checkpointMinutes'];
const SLURM = ['slurm', 'atOnce'];
const LAUNCHER = ['launcher', ...SLURM];

/** What means nothing where a Slurm task carries out its own runs. */
const BESIDE_TASK = ['list', 'dryRun', 'status', 'watch', 'only', 'jobs', 'device', 'json', ...LAUNCHER];

/** What a sweep can be asked for beside carrying it out, and the options that mean nothing there. */
const LOOKS = {
  list: {
    flag: '--list',
    unused: ['dryRun', 'status', 'watch', 'jobs', 'device', 'out', ...LAUNCHER, ...JOB_OPTIONS],
  },
  dryRun: { flag: '--dry-run', unused: ['status', 'watch', ...LAUNCHER, ...CHECKPOINTS] },
  status: { flag: '--status', unused: ['watch', 'jobs', 'device', ...LAUNCHER, ...JOB_OPTIONS] },
  watch: { flag: '--watch', unused: ['jobs', 'device', 'json', ...LAUNCHER, ...JOB_OPTIONS] },
} as const;

async function sweep(path: string, options: SweepOptions, command: Command): Promise<void> {
  if (options.task !== undefined)
    refuseUnused(command, '--task', BESIDE_TASK, 'a task carries out the runs of its list, one at a time');
  for (const [key, { flag, unused }] of Object.entries(LOOKS))
    if (options[key as keyof typeof LOOKS]) refuseUnused(command, flag, unused, 'it only looks, or measures');
  if (options.launcher === 'slurm') {
    refuseUnused(command, '--launcher slurm', ['jobs'], 'a task carries out one run at a time');
    refuseUnused(
      command,
      '--launcher slurm',
      ['device'],
      'a task computes on the first device that Slurm gives it (--slurm "--gres=gpu:1")',
    );
  } else refuseUnused(command, '--launcher local', SLURM, 'it submits nothing to Slurm');
  const source = readBytes(path).toString();
  const plan = planSweep(parseJson(source, `sweep ${path}`, 'give a JSON file'), `sweep ${path}`, jobKinds);
  const runs = options.only === undefined ? plan.runs : selectRuns(plan, options.only);
  const root = options.out ?? plan.kind.root;
  if (options.list) {
    process.stdout.write(options.json ? listJson(plan, runs) : listText(plan, runs));
    return;
  }
  const { requireUnchanged } = await import('../sweep/started.js');
  requireUnchanged(root, plan);
  const json = options.json === true;
  if (options.status || options.watch) return await look(plan, runs, root, options);
  requireUsedBySome(command, plan, runs);
  const { launcher, task, device: devices = [] } = options;
  const jobs = jobsOver(devices, runs.length, command, options.jobs);
  if (task === undefined) await requireRunnable(plan, runs);
  if (launcher === 'slurm') {
    const { submitSweep } = await import('./sweep-slurm.js');
    const { slurm = '', atOnce = 8 } = options;
    const machine = pick(options, JOB_OPTIONS);
    submitSweep(plan, runs, source, { file: path, root, machine, slurm, atOnce, json });
    return;
  }
  const machine = jobMachine({ ...pick(options, JOB_OPTIONS), jobs });
  if (task !== undefined) {
    const { carryOutTask } = await import('./sweep-slurm.js');
    await carryOutTask(plan, task, root, machine);
    return;
  }
  if (options.dryRun) {
    const { estimateSweep } = await import('./sweep-estimate.js');
    process.stdout.write(
      await estimateSweep(plan, runs, { root, machine: { ...machine, ...firstOf(devices) }, jobs, json }),
    );
    return;
  }
  const { carryOutSweep } = await import('./sweep-run.js');
  await carryOutSweep(plan, runs, source, { root, machine, jobs, devices, json });
}

/** What measurements are made on. */
const firstOf = ([device]: readonly number[]) => (device === undefined ? {} : { device });

/** `--status` and `--watch`. */
async function look(
  whole: SweepPlan,
  runs: readonly PlannedRun[],
  root: string,
  { watch, json }: SweepOptions,
): Promise<void> {
  const plan = { ...whole, runs };
  const page = runs.length === whole.runs.length;
  const { StatusReader } = await import('../sweep/status.js');
  const { statusJson, statusText } = await import('./sweep-status.js');
  const status = watch
    ? await watched(plan, root, page)
    : new StatusReader(plan.kind, plan.runs, root).read();
  if (status.counts.failed + status.counts.damaged > 0) process.exitCode = 1;
  process.stdout.write(json ? statusJson(plan, status) : statusText(plan, status));
}

async function watched(plan: SweepPlan, root: string, page: boolean): Promise<SweepStatus> {
  const { watchSweep } = await import('./sweep-watch.js');
  const { stopOnSignal } = await import('./signals.js');
  const { sweepPaths } = await import('../sweep/started.js');
  if (page) process.stderr.write(`page: ${sweepPaths(root, plan.name).page}\n`);
  const stop = stopOnSignal('watching ends, the runs go on');
  try {
    return await watchSweep(plan, { root, signal: stop.signal, toTheEnd: true, page });
  } finally {
    stop.release();
  }
}

function listJson({ name, description, kind }: SweepPlan, runs: readonly PlannedRun[]): string {
  return `${JSON.stringify({ name, description, job: kind.name, count: runs.length, runs }, null, 2)}\n`;
}

function listText(plan: SweepPlan, runs: readonly PlannedRun[]): string {
  const width = Math.max(...runs.map(({ name }) => name.length));
  const lines = runs.map((run) => `${run.name.padEnd(width)}  ${runText(run)}`.trimEnd());
  const of = runs.length === plan.runs.length ? '' : ` of ${plan.runs.length}`;
  return `${[`${plan.name}: ${runs.length}${of} ${runs.length === 1 ? 'run' : 'runs'}`, ...lines].join('\n')}\n`;
}
