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

/** A task gave no answer; the message says in one line why. */
export class NoAnswer extends Error {
  /** @param told the lines that it wrote */
  constructor(
    message: string,
    readonly told: readonly string[],
  ) {
    super(message);
  }
}

/**
 * Carries out a task in a process of its own.
 *
 * @param seconds after which it is ended
 * @throws NoAnswer
 */
export const runTask = <T>(
  task: string,
  settings: object,
  environment: Readonly<Record<string, string>>,
  seconds: number,
): Promise<T> => answerOf<T>(taskCommand(task, settings), environment, seconds);

/** The answer of a process that carries out a task: the line that it writes as an object. As {@link runTask}. */
export function answerOf<T>(
  [command, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
  seconds: number,
): Promise<T> {
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
      // A line that was begun is none.
      const lines = out.split('\n').slice(0, -1);
      const answer = lines.find((line) => line.startsWith('{'));
      clearTimeout(timer);
      // A driver may take the process down as it ends, after the answer.
      if (answer !== undefined) done(JSON.parse(answer) as T);
      else if (signal === 'SIGKILL' && code === null) fail(new NoAnswer(`no answer in ${seconds} s`, lines));
      else fail(new NoAnswer(reasonIn(errors) ?? `ended with ${signal ?? code}`, lines));
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
