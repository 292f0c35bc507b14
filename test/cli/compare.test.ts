import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

test('what lies beside the runs is not looked at: trials of the theory, and damaged runs that are not asked for', async () => {
  const root = join(temporaryFolder(), 'runs');
  const [name] = readdirSync(runs).filter((each) => each.startsWith('conv6-iterand'));
  cpSync(join(runs, name!, 'seed-1'), join(root, name!, 'seed-1'), { recursive: true });
  const beside = (label: string, spec: string) => {
    mkdirSync(join(root, label, 'seed-1'), { recursive: true });
    writeFileSync(join(root, label, 'seed-1/spec.json'), spec);
  };
  beside('simulate-existence-0123456789', '{"name": "simulate"}');
  const all = await captured(['compare', '*', '--runs', root, '--csv']);
  expect(all).toMatchObject({ code: 0 });
  expect(all.stdout.trimEnd().split('\n')).toHaveLength(2);
  beside('resnet18-sgd-mnist-0123456789', 'damaged');
  expect((await captured(['compare', 'conv6-*', '--runs', root, '--csv'])).stdout).toBe(all.stdout);
  const out = join(temporaryFolder(), 'none');
  const { code, stdout } = await captured(['figure', '2', '--list', '--runs', root, '--out', out]);
  expect([code, stdout]).toEqual([0, 'figure2: 180 runs\nfigure 2: 1 of 180 runs finished\n']);
});

test('a pattern and a folder are printed as a shell takes them', async () => {
  const { stdout } = await compare('conv6-iterand-*', '--json', '--by', 'param,method');
  expect(JSON.parse(stdout).command).toBe(
    `npx iterand compare 'conv6-iterand-*' --runs ${runs} --by param,method`,
  );
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
