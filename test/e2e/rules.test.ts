import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, iterand } from './cli.js';

const json = async (args: readonly string[]) => {
  const { code, stdout, stderr } = await iterand([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};
const small = ['--network', 'conv2', '--width', '0.125', '--data', 'mnist', '--threads', '1'];

test('binary weights with randomization train on digits; the ticket gives the run’s digits', {
  timeout: 300_000,
}, async () => {
  const out = emptyFolder('rules');
  const flags = [
    '--rule',
    'biprop',
    '--refresh',
    'randomize',
    '--epochs',
    '2',
    '--batch',
    '64',
    '--out',
    out,
  ];
  const { state, paths, result } = await json(['train', ...small, ...flags]);
  expect(state).toBe('finished');
  expect(paths.name).toMatch(/^conv2-biprop-randomize-mnist-[0-9a-f]{10}\/seed-1$/);
  // Ten classes; a share of 0.2 of 2000 digits is 15 deviations above guessing.
  expect(result.test.accuracy).toBeGreaterThan(0.2);
  const ticket = join(out, 'run.ticket');
  const { ticket: sizes } = await json(['export', paths.name, '--out', out, '--ticket', ticket]);
  expect(sizes.file).toBeLessThan(sizes.bareMask * 2);
  const again = await json(['evaluate', ticket, '--threads', '1']);
  expect(again).toEqual({ split: 'test', ...result.test });
});

test('the paper’s methods said in parts are their runs', { timeout: 300_000 }, async () => {
  const out = emptyFolder('rules');
  const plan = async (...flags: string[]) =>
    (await json(['train', ...small, '--out', out, '--dry-run', ...flags])).name;
  expect(await plan('--refresh', 'randomize')).toBe(await plan('--method', 'iterand'));
  expect(existsSync(join(out, 'conv2-iterand-mnist'))).toBe(false);
});

test('iterand methods lists what there is', async () => {
  const { rules, refreshes, scopes } = await json(['methods']);
  expect(rules.map((r: { name: string }) => r.name)).toEqual([
    'edge-popup',
    'edge-popup-abs',
    'biprop',
    'supermask',
    'gates',
    'random',
    'magnitude',
  ]);
  expect(refreshes.map((r: { name: string }) => r.name)).toEqual(['none', 'randomize', 'recycle']);
  expect(scopes.map((s: { name: string }) => s.name)).toEqual(['layer', 'global']);
  const { stdout } = await iterand(['methods']);
  expect(stdout).toContain('settings: --rescale, --settle half\n');
  for (const { name, source } of [...rules, ...refreshes, ...scopes]) {
    expect(stdout).toContain(name);
    expect(stdout).toContain(source);
  }
});

test.each([
  [['--rule', 'biprob'], /--rule 'biprob': must be one of .*; did you mean 'biprop'\./],
  [
    ['--rule', 'random', '--scope', 'global'],
    /--scope global: means nothing for the rule 'random': its mask is fixed/,
  ],
  [['--rule', 'gates', '--sparsity', '0.5'], /--sparsity 0.5: means nothing for the rule 'gates'/],
  [
    ['--rule', 'biprop', '--refreshed-score', 'fresh'],
    /--refreshed-score fresh: means nothing for biprop; leave it out/,
  ],
  [['--method', 'iterand', '--rule', 'biprop'], /--rule biprop: means nothing for iterand/],
])('%j is refused with one line before anything is written', async (flags, words) => {
  const out = emptyFolder('rules');
  const { code, stdout, stderr } = await iterand(['train', ...small, ...flags, '--out', out]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(words);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(readdirSync(out)).toEqual([]);
});
