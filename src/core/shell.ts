/** A word as the system's shell takes it. */
export function shellWord(word: string): string {
  if (/^[\w./\\:@%+=,-]+$/.test(word)) return word;
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A setting as the command line has it: `imageSize` 8 is `--image-size 8`; true is the flag alone, false and undefined are nothing. */
export function flagWords(key: string, value: unknown): string[] {
  if (value === undefined || value === false) return [];
  const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === true ? [flag] : [flag, String(value)];
}
