import { InputError, requireInteger, requireNumber } from './errors.js';

/** What a number may be; the bounds count as allowed. */
export interface Range {
  readonly whole?: true;
  readonly least?: number;
  readonly most?: number;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A number as a person writes it: decimal digits, a point, an exponent. What JavaScript takes besides ('' and ' ' for 0, 0x10,
 * Infinity) is refused.
 *
 * @param name the option or field, for messages, e.g. `--seed`
 * @throws InputError that names it
 */
export function readNumber(name: string, text: string, range: Range = {}): number {
  requireText(name, text);
  if (!DECIMAL.test(text))
    throw new InputError(
      `${name} '${text}'`,
      'must be a number',
      'write it in decimal digits, such as 5 or 0.1',
    );
  // -0 is 0.
  const value = Number(text) + 0;
  if (!Number.isFinite(value))
    throw new InputError(`${name} ${text}`, 'is too large for a double', `pass a smaller number as ${name}`);
  const {
    whole,
    least = -Number.MAX_VALUE,
    most = whole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE,
  } = range;
  if (whole) return requireInteger(name, value, least, most);
  return range.least === undefined && range.most === undefined
    ? value
    : requireNumber(name, value, least, most);
}

/** The most values of a list. */
const LONGEST_LIST = 1000;

/** Numbers with commas between them. @throws InputError that names the option */
export function readNumbers(name: string, text: string, range: Range = {}): number[] {
  const parts = requireText(name, text).split(',');
  if (parts.length > LONGEST_LIST)
    throw new InputError(
      `${name} with ${parts.length} values`,
      `takes at most ${LONGEST_LIST}`,
      'pass fewer, in several commands if need be',
    );
  return parts.map((part) => readNumber(name, part, range));
}

/** A text that is not empty. */
export function requireText(name: string, text: string): string {
  if (text.trim() === '')
    throw new InputError(
      `${name} '${text}'`,
      'is empty',
      'give it a value (an unset variable of the shell has none)',
    );
  return text;
}
