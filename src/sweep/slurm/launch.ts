import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeAtomic } from '../../core/files.js';
import { lookBefore, removeEmpty } from '../../runs/traces.js';
import type { PlannedRun, SweepPlan } from '../plan.js';
import { requireUnchanged, startSweep, sweepPaths } from '../started.js';
import { batchScript, taskList } from './script.js';
import { mostTasks, slurm, submit } from './slurm.js';

/** A Slurm array has at most so many tasks; of more runs each task has several. */
const MOST_TASKS = 1000;

export interface LaunchOptions {
  readonly root: string;
  readonly options: readonly string[];
  readonly atOnce: number;
  readonly warn: (message: string) => void;
  /** The program of a task, given the sweep file and the task list, as seen from here. */
  readonly command: (sweep: string, list: string) => readonly string[];
}

export interface Launched {
  readonly job: string;
  readonly tasks: number;
  readonly script: string;
  readonly folder: string;
}

/**
 * Submits runs of a sweep to Slurm as one array of tasks.
 *
 * @param source the text of the sweep file: tasks read the copy made of it, so that it may be changed for another sweep meanwhile
 * @throws InputError if Slurm is not there or refuses; nothing is submitted then, and nothing left behind
 */
export function launchInSlurm(
  plan: SweepPlan,
  runs: readonly PlannedRun[],
  source: string,
  { root, options, atOnce, warn, command }: LaunchOptions,
): Launched {
  slurm('sbatch', ['--version']);
  const most = Math.min(MOST_TASKS, mostTasks());
  const paths = sweepPaths(root, plan.name);
  const parent = join(paths.folder, 'slurm');
  const { missing: made } = lookBefore({ folder: parent });
  const started = requireUnchanged(root, plan);
  try {
    startSweep(root, plan, source);
    const folder = nextFolder(parent);
    const [script, list] = [join(folder, 'batch.sh'), join(folder, 'runs.txt')];
    try {
      const { tasks, text } = taskList(runs, most);
      writeAtomic(list, text);
      const { name } = plan;
      const at = { folder: resolve(folder), cwd: process.cwd() };
      writeAtomic(
        script,
        batchScript({ name, tasks, atOnce, options, ...at, command: command(paths.file, list) }),
      );
      const job = submit(script);
      record(join(folder, 'job.txt'), job, warn);
      return { job, tasks, script, folder };
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    // A sweep that was not started before leaves no record of a start.
    if (!started) for (const path of [paths.file, paths.plan]) rmSync(path, { force: true });
    removeEmpty(made.filter((folder) => existsSync(folder)));
    throw error;
  }
}

/** Notes the job's number beside its script. The job is submitted: that it cannot be noted undoes nothing. */
function record(path: string, job: string, warn: (message: string) => void): void {
  try {
    writeAtomic(path, `${job}\n`);
  } catch (error) {
    warn(`job ${job} is submitted, but its number could not be noted: ${(error as Error).message}`);
  }
}

/** A new folder for this submission: 1, 2, ... */
function nextFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  for (let n = readdirSync(parent).length + 1; ; n++) {
    try {
      mkdirSync(join(parent, String(n)));
      return join(parent, String(n));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
