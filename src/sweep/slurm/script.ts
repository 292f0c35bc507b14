import { shellWord } from '../../core/shell.js';
import type { PlannedRun } from '../plan.js';
import { GRACE } from './options.js';

/** What a sweep's batch script is made of. */
export interface Batch {
  readonly name: string;
  readonly tasks: number;
  /** Tasks that may run at a time. */
  readonly atOnce: number;
  /** Lines of the user's own, such as `--partition=gpu`. */
  readonly options: readonly string[];
  /** Folder of the tasks' output, from the root. */
  readonly folder: string;
  /** Where the command is given. */
  readonly cwd: string;
  /** The program with its arguments; the script puts it in its own place. */
  readonly command: readonly string[];
}

/** The batch script of a sweep: an array of tasks, each of which carries out its runs of `runs.txt`. */
export function batchScript({ name, tasks, atOnce, options, folder, cwd, command }: Batch): string {
  const settings = [
    `--job-name=${name}`,
    `--array=0-${tasks - 1}%${Math.min(atOnce, tasks)}`,
    '--requeue',
    `--signal=B:TERM@${GRACE}`,
    '--open-mode=append',
    `--output="${folder.replaceAll('%', '%%')}/task-%a.log"`,
    ...options,
  ];
  return `#!/bin/bash
${settings.map((setting) => `#SBATCH ${setting}`).join('\n')}

# Sweep ${name}: task N carries out the runs of runs.txt that begin with N, one after the other. ${GRACE} s before its time limit it is
# told to save; it then requeues itself and goes on where it stopped. A run that is finished is not run again.
cd ${shellWord(cwd)} || exit 1
exec ${command.map(shellWord).join(' ')}
`;
}

/** The list that says which task carries out which runs: as many tasks as there are runs, at most `most`, dealt out in turn. */
export function taskList(runs: readonly PlannedRun[], most: number): { tasks: number; text: string } {
  const tasks = Math.min(runs.length, most);
  return { tasks, text: runs.map(({ name }, i) => `${i % tasks} ${name}\n`).join('') };
}

/** The names of a task's runs, in their order. */
export function runsOfTask(text: string, task: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(`${task} `) ? [line.slice(task.length + 1)] : []));
}
