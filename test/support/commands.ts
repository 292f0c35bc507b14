import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';

/** The commands that do something, by their names. */
export function leaves(parent: Command, path: readonly string[] = []): [string, Command][] {
  return parent.commands.flatMap((command): [string, Command][] => {
    const name = [...path, command.name()];
    const own: [string, Command][] =
      command.commands.length === 0 || command.options.length > 0 ? [[name.join(' '), command]] : [];
    return [...own, ...leaves(command, name)];
  });
}
/** Every file below a folder, with its size and time. */
export const written = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true }).map((entry) => {
    const { size, mtimeMs } = statSync(join(entry.parentPath, entry.name));
    return `${join(entry.parentPath, entry.name)} ${entry.isDirectory() ? '' : `${size} ${mtimeMs}`}`;
  });

/** Arguments without these options and their values. */
export function without(args: readonly string[], names: readonly string[]): string[] {
  return args.filter((word, i) => !names.includes(word) && !names.includes(args[i - 1] ?? ''));
}
