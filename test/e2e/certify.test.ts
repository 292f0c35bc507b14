import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, iterand, start } from './cli.js';

test('certify shows that it works, and on Ctrl-C prints the bracket so far', async () => {
  const folder = emptyFolder('certify');
  try {
    const file = join(folder, 'found.json');
    const wide = ['--widths', '12,12,3', '--epsilon', '1', '--delta', '0.1', '--resamplings', '300'];
    expect((await iterand(['search', ...wide, '--out', file])).code).toBe(0);
    const { child, ended } = start(['certify', file, '--gap', '0', '--seconds', '10000']);
    child.stderr!.once('data', () => child.kill('SIGINT'));
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/certifying/);
    expect(stderr).toMatch(/SIGINT: printing the bracket so far/);
    expect(stdout).toMatch(/ <= sup \|\|f - g_M\|\|_2 <= \S+ <= \S+, by the proof\n/);
    expect(stdout).toMatch(/: stopped\n/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
