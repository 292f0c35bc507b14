import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** From the sources the worker is TypeScript, which tsx loads; in a bundle it is compiled. */
const source = import.meta.url.endsWith('.ts');
const worker = fileURLToPath(new URL(`worker.${source ? 'ts' : 'js'}`, import.meta.url));
const loader = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** How to start a task of worker.ts. */
export const taskCommand = (task: string, settings: object): readonly [string, ...string[]] => [
  process.execPath,
  ...(source ? ['--import', loader()] : []),
  worker,
  task,
  JSON.stringify(settings),
];

/**
 * Carries out a task in a process of its own.
 *
 * @param seconds after which it is ended
 * @throws Error that says in one line why there is no answer
 */
export function runTask<T>(
  task: string,
  settings: object,
  environment: Readonly<Record<string, string>>,
  seconds: number,
): Promise<T> {
  const [command, ...args] = taskCommand(task, settings);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 1e3 * seconds);
  return new Promise<T>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => {
      const [answer] = out.split('\n');
      clearTimeout(timer);
      // A driver may take the process down as it ends, after the answer.
      if (answer?.startsWith('{')) done(JSON.parse(answer) as T);
      else if (signal === 'SIGKILL' && code === null) fail(new Error(`no answer in ${seconds} s`));
      else fail(new Error(reasonIn(errors) ?? `ended with ${signal ?? code}`));
    });
  });
}

/** The line of a process's errors that names the reason, and the library that a loader missed, which stands in another one. */
export function reasonIn(errors: string): string | undefined {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  const reason = (lines.find((line) => /^\w*Error: /.test(line)) ?? lines.at(-1))
    ?.replace(/^\w*Error: /, '')
    .slice(0, 300);
  const missed = /([\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(errors)?.[1];
  return missed === undefined || reason?.includes(missed) ? reason : `${missed} is missing: ${reason}`;
}
