/** A word as the system's shell takes it. */
export function shellWord(word: string): string {
  if (/^[\w./\\:@%+=,-]+$/.test(word)) return word;
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
