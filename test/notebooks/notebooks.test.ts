import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}
interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly outputs?: readonly Output[];
}
interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: { readonly kernelspec: { readonly name: string } };
}

const folder = new URL('../../notebooks/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Notebook;
const code = ({ cells }: Notebook) => cells.filter((cell) => cell.cell_type === 'code');
const textOf = (cells: readonly Cell[]) =>
  cells.flatMap(({ outputs = [] }) => outputs.flatMap(({ text = [] }) => text)).join('');

test('there are four notebooks', () =>
  expect(names.sort()).toEqual([
    '1-theorem.ipynb',
    '2-bound-and-experiment.ipynb',
    '3-train-and-prune.ipynb',
    '4-figure-runs.ipynb',
  ]));

describe.each(names)('%s', (name) => {
  const notebook = read(name);

  test('is committed as it was executed: outputs, no error, plots for Plotly with a picture', () => {
    expect(notebook.metadata.kernelspec.name).toBe('jslab');
    const outputs = code(notebook).flatMap((cell) => cell.outputs ?? []);
    expect(outputs.length).toBeGreaterThan(2);
    for (const { output_type, name: stream, data = {} } of outputs) {
      expect(output_type).not.toBe('error');
      expect(stream).not.toBe('stderr');
      if (output_type === 'display_data')
        expect(Object.keys(data).sort()).toEqual(['application/vnd.plotly.v1+json', 'image/png']);
    }
  });
});

test('1-theorem.ipynb prints what it is committed with, and shows Proposition 4.3 failing from R = 2 on', () => {
  const notebook = read('1-theorem.ipynb');
  const source = code(notebook).map((cell) => cell.source.join(''));
  // Without a kernel, by Node alone, from the repository's root.
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', source.join('\n')], {
    encoding: 'utf8',
    cwd: new URL('../../', import.meta.url),
  });
  expect(printed).toBe(textOf(code(notebook)));
  const lines = printed.split('\n');
  expect(lines).toContain('R=1 d=16956 failure=0.009954 holds');
  expect(lines).toContain('R=2 d=4240 failure=0.01128 fails');
  expect(lines).toContain('0.00173126 > 0.001');
  expect(lines.at(-2)).toMatch(/^found true/);
});

/** A number that a notebook about the committed runs prints. */
test('4-figure-runs.ipynb was executed on the runs that are committed', () => {
  const text = textOf(code(read('4-figure-runs.ipynb')));
  const { runs } = JSON.parse(
    readFileSync(new URL('../../reports/figure2/data/runs.json', import.meta.url), 'utf8'),
  ) as { runs: { name: string; test: { accuracy: number } }[] };
  for (const run of runs) expect(text).toContain(`${run.name} ${(100 * run.test.accuracy).toFixed(2)} %`);
});
