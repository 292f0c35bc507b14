import type { Command } from 'commander';
import { InputError } from '../core/errors.js';

/** The key at the start of what an error names, e.g. `finalEpochs` in `training spec: finalEpochs 0.5`. */
const SUBJECT = /^(?:training spec: )?(\w+)(?= |$)/;

/**
 * An error as the command's user knows its values: an option that was given is named as it was, `--final-epochs` and not
 * finalEpochs. A key that a file gave stays a key.
 */
export function inOptionNames(error: InputError, command: Command | undefined): InputError {
  const [subject, key] = SUBJECT.exec(error.what) ?? [];
  const option = command?.options.find((o) => o.attributeName() === key);
  if (command === undefined || subject === undefined || key === undefined || option === undefined)
    return error;
  // What is missing was given by nothing: the option is the way to give it.
  if (command.getOptionValueSource(key) !== 'cli' && subject !== error.what) return error;
  const named = (text: string) =>
    text
      .replace(new RegExp(`\\b(pass|give) ${key}\\b`), `$1 ${option.long}`)
      .replace(
        /\b[a-z]+[A-Z]\w*\b/g,
        (word) => command.options.find((o) => o.attributeName() === word)?.long ?? word,
      );
  return new InputError(
    `${option.long}${error.what.slice(subject.length)}`,
    named(error.rule),
    named(error.fix),
  );
}

/** Commander's complaint as one line of the same form as our own. */
export function commanderLine(text: string): string {
  const [first = '', hint] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const meant = /^\(Did you mean (.*)\?\)$/.exec(hint ?? '')?.[1];
  return `iterand: ${first.replace(/\.$/, '')}${meant === undefined ? '' : `; did you mean '${meant}'`}.\n`;
}
