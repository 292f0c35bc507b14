import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a process and its children did outside of themselves. */
export interface Traced {
  readonly code: number | null;
  readonly stderr: string;
  /** Absolute paths that were opened for writing, made, renamed, linked or removed, devices apart. */
  readonly written: readonly string[];
  /** Calls that ask for a name's address or send to another machine, as strace prints them. */
  readonly network: readonly string[];
}

const calls = [
  ...['open', 'openat', 'openat2', 'creat', 'mkdir', 'mkdirat', 'mknod', 'mknodat', 'truncate'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'unlink', 'unlinkat'],
  ...['connect', 'sendto', 'sendmsg', 'sendmmsg'],
];

/** Whether strace is there and may trace. */
export const canTrace =
  process.platform === 'linux' &&
  spawnSync('strace', ['-f', '--seccomp-bpf', 'true'], { stdio: 'ignore' }).status === 0;

/**
 * Runs a command under strace.
 *
 * @param folder holds an empty `home`; the trace is put there
 * @param env all of the environment but PATH and HOME: onnxruntime reports nothing where CI is set
 */
export function traced(command: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Traced {
  const log = join(folder, 'trace');
  const done = spawnSync(
    'strace',
    [
      '-f',
      '--seccomp-bpf',
      '-y',
      '-o',
      log,
      '-e',
      `trace=${calls.map((call) => `?${call}`).join()}`,
      '--',
      ...command,
    ],
    {
      env: { PATH: process.env.PATH, HOME: join(folder, 'home'), ...env },
      encoding: 'utf8',
    },
  );
  const lines = readFileSync(log, 'utf8').split('\n');
  return {
    code: done.status,
    stderr: done.stderr,
    written: [...new Set(lines.flatMap(writtenBy))],
    network: lines.filter(asksOrSends),
  };
}

/** The paths a line of the trace writes to: `12 openat(AT_FDCWD</tmp>, "a", O_WRONLY|O_CREAT, 0666) = 3</tmp/a>`. */
function writtenBy(line: string): string[] {
  const call = /^\d+ +(\w+)\(/.exec(line)?.[1];
  if (call === undefined || /^(connect|send)/.test(call) || line.startsWith('<...')) return [];
  if (call.startsWith('open') && !/O_WRONLY|O_RDWR|O_CREAT/.test(line)) return [];
  const paths = [...line.matchAll(/(?:<([^<>]*)>, )?"([^"]*)"/g)].map(([, folder, path]) =>
    path!.startsWith('/') ? path! : join(folder ?? '.', path!),
  );
  return paths.filter((path) => !/^\/(dev|proc)\//.test(path));
}

function asksOrSends(line: string): boolean {
  return (
    /(connect|send\w+)\(.*(AF_INET|nscd|resolve)/.test(line) ||
    /(sendto|sendmsg|sendmmsg)\(\d+<(TCP|UDP)/.test(line) ||
    /"\/etc\/(resolv\.conf|hosts)"/.test(line)
  );
}
