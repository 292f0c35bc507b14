import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A program with its arguments and folder. */
export interface Call {
  readonly command: readonly string[];
  readonly cwd: string;
}

/** How a user calls things in `project`: with npm's own settings, not those that `npm run` hands down from this clone. */
export function user(project: string) {
  const npmProgram = process.env.npm_execpath;
  if (npmProgram === undefined) exitWith('package: start it with npm run package:check');
  const node = (args: readonly string[], cwd = project): Call => ({
    command: [process.execPath, ...args],
    cwd,
  });
  return {
    node,
    npm: (args: readonly string[], cwd = project) => node([npmProgram!, ...args], cwd),
    iterand: (args: readonly string[]) => node([npmProgram!, 'exec', '--no', '--', 'iterand', ...args]),
  };
}

/** Runs a call to its end, which must be the exit code expected. */
export function run({ command, cwd }: Call, expected = 0): { stdout: string; stderr: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), { cwd, env, encoding: 'utf8' });
  if (status !== expected)
    exitWith(`package: exit ${status}, not ${expected}: ${command.slice(1).join(' ')}\n${stdout}\n${stderr}`);
  return { stdout, stderr };
}

/** Ends the program with a message. */
export function exitWith(message: string): never {
  console.error(message);
  process.exit(1);
}

/** What lies below a folder, in words. */
export function sizeOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const bytes = files.reduce((sum, e) => sum + statSync(join(e.parentPath ?? e.path, e.name)).size, 0);
  return `${(bytes / 1e6).toFixed(0)} MB in ${files.length} files`;
}
