import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that holds a lock. What is optional was not written by earlier versions. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the system's units, where it tells (Linux): a process id may be given again. */
  readonly started: string | null;
  /** Within what the process id holds: the start of the system and, in a container, its own ids (Linux). */
  readonly system?: string | null;
  /** The batch job the process belongs to, and how often it was requeued before. */
  readonly job?: { readonly id: string; readonly restarts: number } | null;
  /** Of this taking of the lock alone. */
  readonly token?: string;
  /** Grows while the process lives. */
  readonly beat?: string;
}

/** This process, as a holder that takes a lock now. */
export function thisProcess(env: NodeJS.ProcessEnv = process.env): Required<Holder> {
  return {
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    system: systemOf(),
    job: jobOf(env),
    token: randomUUID(),
    beat: '0'.repeat(12),
  };
}

/**
 * What this process can tell of a holder: `unknown` where it runs on another machine or among other process ids. A batch system
 * requeues a job only after its processes have ended.
 */
export function judge(holder: Holder, own: Holder): 'alive' | 'gone' | 'unknown' {
  if (holder.host === own.host && (holder.system ?? own.system) === own.system)
    return isAlive(holder) ? 'alive' : 'gone';
  const requeued = holder.job?.id === own.job?.id && (own.job?.restarts ?? 0) > (holder.job?.restarts ?? 0);
  return requeued ? 'gone' : 'unknown';
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** Field 22 of /proc/PID/stat; null where there is none, or the process has ended and waits for its parent. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : fields[19]!;
  } catch {
    return null;
  }
}

function systemOf(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

function jobOf({
  SLURM_CLUSTER_NAME,
  SLURM_JOB_ID,
  SLURM_RESTART_COUNT,
}: NodeJS.ProcessEnv): Required<Holder>['job'] {
  if (SLURM_JOB_ID === undefined) return null;
  return { id: `${SLURM_CLUSTER_NAME ?? ''} ${SLURM_JOB_ID}`, restarts: Number(SLURM_RESTART_COUNT ?? 0) };
}
