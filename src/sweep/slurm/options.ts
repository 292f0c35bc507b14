import { InputError } from '../../core/errors.js';

/** Seconds before its time limit at which a task is told to save. */
export const GRACE = 120;

/** What the batch script itself says; an option given here as well would undo it. */
const OURS: Readonly<Record<string, string>> = {
  array: 'the tasks are numbered by the sweep; --at-once says how many run at a time',
  requeue: 'every task can be requeued',
  'no-requeue': 'a task goes on by being requeued',
  signal: `a task is told ${GRACE} s before its time limit to save`,
  chdir: 'tasks work where the command was given',
  wrap: 'the script is the sweep’s',
  parsable: 'the job’s number is read from what sbatch prints',
  wait: 'the tasks are watched with --watch',
  'test-only': 'it would submit nothing',
};
const SHORT: Readonly<Record<string, string>> = { a: 'array', D: 'chdir', W: 'wait', t: 'time' };

/**
 * The options of `--slurm`, each with its value, as lines of a batch script have them: `--gres=gpu:1`, `-p gpu`.
 *
 * @throws InputError for what is no option, and for options that the sweep sets itself
 */
export function parseSlurmOptions(text: string): string[] {
  const lines: string[] = [];
  for (const word of wordsOf(text)) {
    if (word.startsWith('-')) lines.push(word);
    else if (lines.length === 0 || /[= ]/.test(lines.at(-1)!))
      throw refused(word, 'is no option of sbatch', 'write options such as --partition=gpu');
    else lines[lines.length - 1] += ` ${word}`;
  }
  for (const line of lines) {
    const [, dashes = '', name = '', value] = /^(--?)([^= ]*)[= ]?(.*)$/.exec(line)!;
    const long = dashes === '-' ? (SHORT[name[0] ?? ''] ?? name) : name;
    // Slurm takes the start of a long name for the whole.
    const ours = Object.keys(OURS).find((own) => own === long || (long.length > 2 && own.startsWith(long)));
    if (ours !== undefined) throw refused(line, OURS[ours]!, 'leave it out');
    if (long === 'time') requireTime(line, dashes === '-' && name.length > 1 ? name.slice(1) : (value ?? ''));
  }
  return lines.map(quotedLine);
}

const refused = (what: string, rule: string, fix: string): InputError =>
  new InputError(`--slurm '${what}'`, rule, fix);

/** Words with spaces between them; quotation marks keep spaces. */
function wordsOf(text: string): string[] {
  if (/\p{Cc}/u.test(text))
    throw refused(text, 'holds a line break or another control character', 'write it in one line');
  if (/["']/.test(text.replace(/"[^"]*"|'[^']*'/g, '')))
    throw refused(text, 'has a quotation mark without its other one', 'close it');
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}

/** A time limit must leave a task time to work before it is told to save. */
function requireTime(line: string, time: string): void {
  const seconds = secondsOf(time);
  if (seconds === undefined) return;
  if (seconds <= 2 * GRACE)
    throw refused(
      line,
      `leaves a task hardly any time: it saves ${GRACE} s before its end`,
      'ask for more, such as --time=1:00:00',
    );
}

/** Slurm's `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours[:minutes[:seconds]]`; undefined where Slurm may know better. */
function secondsOf(time: string): number | undefined {
  const found = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(time);
  if (found === null) return undefined;
  const [days, a, b, c] = found.slice(1).map((n) => (n === undefined ? undefined : Number(n)));
  if (days !== undefined) return 86400 * days + 3600 * a! + 60 * (b ?? 0) + (c ?? 0);
  if (c !== undefined) return 3600 * a! + 60 * b! + c;
  return 60 * a! + (b ?? 0);
}

/** As a batch script's line takes it: in quotation marks where it holds spaces. */
function quotedLine(line: string): string {
  const [, name = '', separator = '', value = ''] = /^(--?[^= ]*)([= ]?)(.*)$/.exec(line)!;
  return /\s/.test(value) ? `${name}${separator}"${value}"` : line;
}
