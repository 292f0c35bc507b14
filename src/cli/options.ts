import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';

/** A number, or commander's error with the text that was given. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** Numbers with commas between them. */
export function numbers(text: string): number[] {
  return text.split(',').map(number);
}

/** Options that several commands share, with the same words and defaults. */
export const shared = {
  json: () => new Option('--json', 'print JSON on stdout, and no progress'),
  seed: () => new Option('--seed <n>', 'seed of everything random').argParser(number).default(1),
  workers: () =>
    new Option('--workers <n>', 'threads; results do not depend on it')
      .argParser(number)
      .default(availableParallelism(), 'all cores'),
  alpha: () =>
    new Option('--alpha <level>', 'error level of the intervals together').argParser(number).default(1e-3),
};

/** JSON on stdout, ended by a newline. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 1)}\n`);
}

/** A line on stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
