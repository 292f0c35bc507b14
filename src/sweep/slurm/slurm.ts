import { spawnSync } from 'node:child_process';
import { InputError } from '../../core/errors.js';

/** What one of Slurm's programs printed. @throws InputError if it is not there, or says no */
export function slurm(program: 'sbatch' | 'scontrol' | 'squeue', args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new InputError(
      '--launcher slurm',
      `${program} is not there`,
      'give the command where Slurm is installed, such as on a login node, or leave --launcher out',
    );
  if (error !== undefined) throw error;
  if (status !== 0) {
    const said = (stderr || stdout)
      .trim()
      .replace(/^\w+: (error: )?/gm, '')
      .split('\n');
    throw new InputError(
      '--launcher slurm',
      `${program} refuses: ${said.join(' ')}`,
      'correct what --slurm says, or ask who runs the cluster',
    );
  }
  return stdout.trim();
}

/** The most tasks of an array here; Slurm counts from 0, and its own default is 1001. */
export function mostTasks(): number {
  const most = /^MaxArraySize\s*=\s*(\d+)/m.exec(slurm('scontrol', ['show', 'config']))?.[1];
  return most === undefined ? 1001 : Math.max(1, Number(most));
}

/** Submits a batch script. @returns the job's number */
export function submit(script: string): string {
  return slurm('sbatch', ['--parsable', script]).split(';')[0]!;
}

/**
 * The array's task that this process is; undefined outside of Slurm.
 *
 * @returns `id`: how Slurm's programs name it. The last task to start has the whole array's number as its job id, which would name all of them.
 */
export function ownTask(env: NodeJS.ProcessEnv = process.env): { id: string; task: string } | undefined {
  const { SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: task } = env;
  return job === undefined || task === undefined ? undefined : { id: `${job}_${task}`, task };
}

/**
 * Requeues a task that was told to save because its time is nearly over; one that is being cancelled is left.
 *
 * @param within seconds: with more time left, the signal was another's
 * @returns what happened, a sentence
 */
export function requeueAtLimit(id: string, within: number): { requeued: boolean; said: string } {
  const [state = '', left = ''] = slurm('squeue', ['--noheader', `--jobs=${id}`, '--format=%T %L']).split(
    ' ',
  );
  if (state !== 'RUNNING')
    return { requeued: false, said: `job ${id} is ${state || 'no more'}: it is not requeued` };
  const seconds = secondsLeft(left);
  if (seconds === undefined || seconds > within)
    return {
      requeued: false,
      said: `job ${id} has time left (${left}): it was told to stop, and is not requeued`,
    };
  slurm('scontrol', ['requeue', id]);
  return { requeued: true, said: `job ${id} is at its time limit: it is requeued and goes on from here` };
}

/** `1-02:03:04`, `02:03:04` or `3:04`; undefined for UNLIMITED and the like. */
export function secondsLeft(text: string): number | undefined {
  const found = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(text);
  if (found === null) return undefined;
  const [days, hours, minutes, seconds] = found.slice(1).map((n) => Number(n ?? 0));
  return ((24 * days! + hours!) * 60 + minutes!) * 60 + seconds!;
}
