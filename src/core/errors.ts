/**
 * A bad input from outside: names the value, the rule it breaks and the fix.
 * The command line prints its message alone and exits with code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  /**
   * @param what what was given, e.g. `--delta 1.5`
   * @param rule the rule it breaks, e.g. `must lie in (0, 1)`
   * @param fix what to do instead, e.g. `pass the failure probability, such as --delta 0.01`
   */
  constructor(
    readonly what: string,
    readonly rule: string,
    readonly fix: string,
  ) {
    super(`${oneLine(what)}: ${oneLine(rule)}; ${oneLine(fix)}.`);
  }
}

/** Text for a message: control characters, which could break the line or steer a terminal, as spaces; the middle of a long one left out. */
function oneLine(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  return line.length > 1000 ? `${line.slice(0, 500)} ... ${line.slice(-100)}` : line;
}

/** An integer in [low, high], or an {@link InputError} that names it. */
export function requireInteger(name: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value) || value < low || value > high)
    throw new InputError(
      `${name} ${value}`,
      `must be an integer from ${low} to ${high}`,
      `pass ${name} such as ${low}`,
    );
  return value;
}

/** A finite number in [low, high], or an {@link InputError} that names it. */
export function requireNumber(name: string, value: number, low: number, high: number): number {
  if (!Number.isFinite(value) || value < low || value > high)
    throw new InputError(
      `${name} ${value}`,
      `must be a number in [${low}, ${high}]`,
      `pass ${name} in that range`,
    );
  return value;
}

/** A number in the open interval (0, 1), or an {@link InputError} that names it. */
export function requireProbability(name: string, value: number): number {
  if (!(value > 0 && value < 1))
    throw new InputError(
      `${name} ${value}`,
      'must lie strictly between 0 and 1',
      `pass ${name} such as 0.01`,
    );
  return value;
}

/** The known name nearest to `name` by edit distance, for "did you mean" hints; undefined if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** One of `known`, or an {@link InputError} that lists them and names the nearest. */
export function requireOneOf<const T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((k) => k === value);
  if (found !== undefined) return found;
  const near = nearest(value, known);
  throw new InputError(
    `${name} '${value}'`,
    `must be one of ${known.join(', ')}`,
    near === undefined ? 'choose one of these' : `did you mean '${near}'`,
  );
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
