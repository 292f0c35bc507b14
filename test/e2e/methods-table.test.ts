import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, iterand } from './cli.js';

test('the table of methods: some runs are carried out, its page is made, and made again without them', {
  timeout: 300_000,
}, async () => {
  const out = emptyFolder('methods-table');
  const runs = join(out, 'runs');
  const table = ['figure', 'methods', '--scale', 'smoke', '--out', join(out, 'reports'), '--runs', runs];
  const ended = async (...more: string[]) => {
    const { code, stdout, stderr } = await iterand([...table, ...more]);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  expect(await ended('--list')).toContain('figure methods: 0 of 16 runs finished');
  const made = await ended('--only', 'rule=supermask,seed=1', '--threads', '1');
  expect(made).toContain('methods-smoke/index.html');
  const file = (name: string) => readFileSync(join(out, 'reports/methods-smoke', name), 'utf8');
  const names = ['index.html', 'data/table.json', 'data/runs.json'] as const;
  const first = names.map(file);
  const { cells, gains } = JSON.parse(file('data/table.json'));
  expect(cells.map((c: { rule: string; refresh: string }) => [c.rule, c.refresh])).toEqual([
    ['supermask', 'none'],
    ['supermask', 'randomize'],
  ]);
  expect(gains).toHaveLength(1);
  // Without the runs' folder their sealed file holds them.
  rmSync(runs, { recursive: true });
  expect(await ended('--list')).toContain('figure methods: 2 of 16 runs finished');
  await ended('--page');
  expect(names.map(file)).toEqual(first);
});
