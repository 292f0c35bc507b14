import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeAtomic } from '../../core/files.js';
import { lookBefore, removeEmpty } from '../../runs/traces.js';
import type { PlannedRun, SweepPlan } from '../plan.js';
import { startSweep, sweepPaths } from '../started.js';
import { batchScript, taskList } from './script.js';
import { mostTasks, slurm, submit } from './slurm.js';

/** A Slurm array has at most so many tasks; of more runs each task has several. */
const MOST_TASKS = 1000;

export interface LaunchOptions {
  readonly root: string;
  readonly options: readonly string[];
  readonly atOnce: number;
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
  { root, options, atOnce, command }: LaunchOptions,
): Launched {
  slurm('sbatch', ['--version']);
  const most = Math.min(MOST_TASKS, mostTasks());
  const paths = sweepPaths(root, plan.name);
  const { missing: made } = lookBefore(paths);
  startSweep(root, plan, source);
  const folder = nextFolder(join(paths.folder, 'slurm'));
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
    writeAtomic(join(folder, 'job.txt'), `${job}\n`);
    return { job, tasks, script, folder };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (made.length > 0) rmSync(paths.folder, { recursive: true, force: true });
    removeEmpty(made.slice(1));
    throw error;
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
