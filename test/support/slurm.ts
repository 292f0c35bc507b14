import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a Slurm of one's own can be started: its daemons want root. */
export const canSlurm =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  ['munged', 'slurmctld', 'slurmd', 'sbatch'].every(
    (program) => spawnSync('which', [program], { stdio: 'ignore' }).status === 0,
  );

/** A Slurm with this machine as its one node, in a folder of its own. */
export interface Slurm {
  /** The environment in which Slurm's programs find it. */
  readonly env: Readonly<Record<string, string>>;
  /** What one of Slurm's programs prints. */
  ask(program: string, ...args: string[]): string;
  /** The node as after a power cut, with the task that this process is; Slurm is told, as it would notice in minutes. */
  failNode(task: number): void;
  /** The node comes back. */
  startNode(): void;
  stop(): Promise<void>;
}

/** Starts one. @param cpus that it says the node has */
export async function startSlurm(folder: string, cpus: number): Promise<Slurm> {
  const at = (name: string) => join(folder, name);
  for (const name of ['state', 'spool', 'munge']) mkdirSync(at(name), { recursive: true });
  const conf = at('slurm.conf');
  const host = hostname().split('.')[0]!;
  writeFileSync(conf, settings(host, at, cpus));
  writeFileSync(at('munge/key'), randomBytes(128), { mode: 0o400 });
  must('munged', munged(at));
  const env = { SLURM_CONF: conf };
  must('slurmctld', ['-f', conf], env);
  must('slurmd', ['-f', conf], env);
  const ask = (program: string, ...args: string[]) => must(program, args, env).trim();
  const node = () => ask('sinfo', '-h', '-o', '%n');
  const failNode = (task: number) => {
    const stepd = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${task}/status`, 'utf8'))![1]);
    for (const pid of [Number(readFileSync(at('d.pid'), 'utf8')), stepd, task]) process.kill(pid, 'SIGKILL');
    ask('scontrol', 'update', `nodename=${node()}`, 'state=down', 'reason=test');
  };
  const startNode = () => void must('slurmd', ['-c', '-f', conf], env);
  const stop = async () => {
    // No task outlives its Slurm.
    const quiet = (program: string, ...args: string[]) =>
      spawnSync(program, args, { env: { ...process.env, ...env }, encoding: 'utf8' }).stdout;
    quiet('scancel', '--me');
    for (let waited = 0; quiet('squeue', '-h') !== '' && waited < 100; waited++) await sleep(100);
    for (const name of ['d.pid', 'ctld.pid', 'munge/pid']) await stopByPid(at(name));
  };
  for (
    let waited = 0;
    !/\bidle\b/.test(
      spawnSync('sinfo', ['-h', '-o', '%T'], { env: { ...process.env, ...env }, encoding: 'utf8' }).stdout,
    );
    waited++
  ) {
    if (waited > 150) {
      await stop();
      throw new Error(`the node does not become idle: ${readFileSync(at('ctld.log'), 'utf8').slice(-2000)}`);
    }
    await sleep(200);
  }
  return { env, ask, failNode, startNode, stop };
}

const munged = (at: (name: string) => string): string[] => [
  ...['--force', `--key-file=${at('munge/key')}`, `--socket=${at('munge/socket')}`],
  ...[`--pid-file=${at('munge/pid')}`, `--log-file=${at('munge/log')}`, `--seed-file=${at('munge/seed')}`],
];

const settings = (host: string, at: (name: string) => string, cpus: number): string =>
  `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port(0)}
SlurmdPort=${port(1)}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${at('munge/socket')}
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('ctld.pid')}
SlurmdPidFile=${at('d.pid')}
SlurmctldLogFile=${at('ctld.log')}
SlurmdLogFile=${at('d.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=5,batch_sched_delay=1
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;

/** Two ports that another Slurm of this machine does not have. */
const port = (n: number): number => 20_000 + ((2 * process.pid) % 20_000) + n;

function must(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

async function stopByPid(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  try {
    process.kill(pid, 'SIGTERM');
    for (let i = 0; i < 100; i++) {
      await sleep(50);
      process.kill(pid, 0);
    }
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
