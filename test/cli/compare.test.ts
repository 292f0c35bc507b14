import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../train/data/temporary.js';
import { captured } from './captured.js';

const runs = join(import.meta.dirname, '../../reports/figure2/runs');
const compare = (...args: string[]) => captured(['compare', ...args, '--runs', runs]);

test('compares the committed runs: table, JSON and comma-separated values agree', async () => {
  const table = await compare('conv6-*', '--by', 'method,param');
  expect(table).toMatchObject({ code: 0, stderr: '' });
  const json = JSON.parse((await compare('*', '--by', 'method,param', '--json')).stdout);
  const csv = (await compare('*', '--by', 'method,param', '--csv')).stdout.trimEnd().split('\n');
  expect(csv).toHaveLength(json.runs.length + 1);
  for (const { what, mean } of json.groups) {
    expect(table.stdout).toMatch(new RegExp(`${what} +│ +${mean.toFixed(2)} %`));
  }
});

test('writes the page and its data', async () => {
  const out = join(temporaryFolder(), 'pages');
  const { code, stdout } = await compare('conv6-iterand-*', '--out', out);
  expect(code).toBe(0);
  expect(stdout).toContain(join(out, 'compare/index.html'));
  const { by, runs: listed } = JSON.parse(readFileSync(join(out, 'compare/data/runs.json'), 'utf8'));
  expect(by).toEqual(['param']);
  expect(listed.length).toBeGreaterThanOrEqual(2);
});

test.each([
  [['conv7-*'], "pattern 'conv7-*': matches none of the"],
  [['*', '--by', 'methods'], "did you mean 'method'"],
  [['*', '--by', 'method,method'], 'names method twice'],
  [['*', '--pair-by', 'sed'], "did you mean 'seed'"],
  [['*', '--metric', 'loss'], '--metric'],
  [['*', '--csv', '--json'], '--csv with --json'],
  [['*', '--out', runs.replace('runs', 'index.html')], 'is not a folder'],
])('iterand compare %j is refused', async (args, words) => {
  const out = join(temporaryFolder(), 'plots');
  const { code, stderr } = await compare(...args, '--plots', out);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
  expect(existsSync(out)).toBe(false);
});
