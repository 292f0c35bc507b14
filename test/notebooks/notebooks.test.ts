import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

const folder = new URL('../../notebooks/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

/** The code cells, run one after another as a kernel does, by `require` from the repository's root. */
function run(name: string): string {
  const { cells } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Notebook;
  const code = cells.filter((cell) => cell.cell_type === 'code').map(({ source }) => source.join(''));
  return execFileSync(process.execPath, ['--input-type=commonjs', '--eval', code.join('\n')], {
    encoding: 'utf8',
    cwd: new URL('../../', import.meta.url),
  });
}

test('there are notebooks', () => expect(names).toContain('theorem.ipynb'));

test('theorem.ipynb runs and shows Proposition 4.3 failing from R = 2 on', () => {
  const lines = run('theorem.ipynb').split('\n');
  expect(lines).toContain('R=1 d=16956 failure=0.009954 holds');
  expect(lines).toContain('R=2 d=4240 failure=0.01128 fails');
  expect(lines).toContain('0.00173126 > 0.001');
  expect(lines.at(-2)).toMatch(/^found true/);
});
