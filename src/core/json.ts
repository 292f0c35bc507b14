import { InputError } from './errors.js';

/**
 * Reads JSON that may not be what was meant: JSON.parse takes the last of two values of one key, and 1e999 as infinite; both are
 * errors here, as is text that is not UTF-8.
 *
 * @param what what is read, for messages, e.g. `--spec run.json`
 * @param fix what to do where it is no JSON
 * @throws InputError that names the key or the fault
 */
export function parseJson(data: string | Uint8Array, what: string, fix = 'correct it'): unknown {
  let text: string;
  try {
    text = typeof data === 'string' ? data : new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    throw new InputError(what, 'is not UTF-8 text', fix);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(what, `is no JSON (${shortened((error as Error).message)})`, fix);
  }
  refuseAmbiguous(text, what, fix);
  return value;
}

/** Brackets, the quotation mark a string begins with, the colon behind a key, numbers with an exponent or many digits. */
const TOKEN = /[{}[\]:"]|-?\d[\d.]*(?:[eE][+-]?\d+)?/g;

/** Refuses a key given twice in one object and numbers too large for a double, in text that is JSON. */
function refuseAmbiguous(text: string, what: string, fix: string): void {
  const open: (Set<string> | undefined)[] = [];
  const token = new RegExp(TOKEN);
  let string = '';
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [here] = found;
    if (here === '"') {
      token.lastIndex = endOfString(text, found.index);
      string = text.slice(found.index, token.lastIndex);
    } else if (here === ':') {
      const key = JSON.parse(string) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) throw new InputError(what, `holds the key '${key}' twice`, fix);
      keys.add(key);
    } else if (here === '{') open.push(new Set());
    else if (here === '[') open.push(undefined);
    else if (here === '}' || here === ']') open.pop();
    else if (!Number.isFinite(Number(here)))
      throw new InputError(what, `holds the number ${shortened(here)}, too large for a double`, fix);
  }
}

/** Index behind the string begun at `start`. A loop: a pattern for long strings with escapes overflows the stack. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}...` : text);
