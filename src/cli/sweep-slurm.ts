import { realpathSync } from 'node:fs';
import { InputError } from '../core/errors.js';
import { readBytes, requireWritable } from '../core/files.js';
import { flagWords, shellWord } from '../core/shell.js';
import { runPaths } from '../runs/paths.js';
import { carryOut } from '../sweep/carry-out.js';
import type { JobMachine } from '../sweep/job.js';
import type { PlannedRun, SweepPlan } from '../sweep/plan.js';
import { launchInSlurm } from '../sweep/slurm/launch.js';
import { GRACE, parseSlurmOptions } from '../sweep/slurm/options.js';
import { runsOfTask } from '../sweep/slurm/script.js';
import { ownTask, requeueAtLimit } from '../sweep/slurm/slurm.js';
import { sayDevices } from './jobs.js';
import { warn } from './options.js';
import { stopOnSignal } from './signals.js';
import { outcomeText, sweepLines } from './sweep-run.js';

interface Submission {
  /** The sweep file, for what is printed. */
  readonly file: string;
  readonly root: string;
  readonly machine: JobMachine;
  readonly slurm: string;
  readonly atOnce: number;
  readonly json: boolean;
}

/** `--launcher slurm`: submits the runs that are not finished, and prints how to go on from there. */
export function submitSweep(
  plan: SweepPlan,
  runs: readonly PlannedRun[],
  source: string,
  { file, root, machine, slurm, atOnce, json }: Submission,
): void {
  const options = parseSlurmOptions(slurm);
  requireWritable(`--out ${root}`, root, 'folder');
  const open = runs.filter(({ name }) => !plan.kind.isFinished(runPaths(root, name)));
  if (open.length === 0) {
    process.stdout.write(
      json ? '{"job": null, "runs": 0}\n' : `all ${runs.length} runs are finished; nothing is submitted\n`,
    );
    return;
  }
  const program = [process.execPath, ...process.execArgv, realpathSync(process.argv[1]!)];
  const launched = launchInSlurm(plan, open, source, {
    root,
    options,
    atOnce,
    warn,
    command: (sweep, list) => [
      ...program,
      'sweep',
      sweep,
      '--out',
      root,
      '--task',
      list,
      ...Object.entries(machine).flatMap(([key, value]) => flagWords(key, value)),
    ],
  });
  const { job, tasks, script, folder } = launched;
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...launched, runs: open.length }, null, 2)}\n`
      : `submitted job ${job}: ${open.length} of ${runs.length} runs in ${tasks} ${tasks === 1 ? 'task' : 'tasks'}, ${Math.min(atOnce, tasks)} at a time
script:  ${script}
output:  ${folder}/task-*.log
watch:   npx iterand sweep ${shellWord(file)}${root === plan.kind.root ? '' : ` --out ${shellWord(root)}`} --watch    (the queue: squeue --jobs=${job})
cancel:  scancel ${job}
go on:   give the command again once the job has ended; what is finished is not run again
`,
  );
}

/** The list of a task, as `--task` names it, carried out in this process. At its time limit the task requeues itself. */
export async function carryOutTask(
  plan: SweepPlan,
  list: string,
  root: string,
  machine: JobMachine,
): Promise<void> {
  const own = ownTask();
  if (own === undefined)
    throw new InputError(`--task ${list}`, 'is for the tasks of a Slurm job', 'leave it out');
  const names = runsOfTask(readBytes(list).toString(), own.task);
  const runs = plan.runs.filter(({ name }) => names.includes(name));
  sayDevices(plan, runs, []);
  const stop = stopOnSignal('the run finishes the steps it has begun and saves');
  try {
    const listener = sweepLines(plan.kind, runs.length, root, { json: false, terminal: false });
    const outcome = await carryOut(plan.kind, runs, { root, machine, signal: stop.signal, listener });
    process.stdout.write(`${outcomeText(runs.length, outcome)}\n`);
    if (outcome.failed > 0) process.exitCode = 1;
    if (!stop.signal.aborted || outcome.finished === runs.length) return;
    process.exitCode = 130;
    // Slurm may send the signal up to a minute early.
    const { requeued, said } = requeueAtLimit(own.id, GRACE + 60);
    process.stdout.write(`${said}\n`);
    if (requeued) process.exitCode = 0;
  } finally {
    stop.release();
  }
}
