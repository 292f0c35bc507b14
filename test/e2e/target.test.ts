import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { emptyFolder, iterand } from './cli.js';

const folder = emptyFolder('target');
const file = join(folder, 'f.safetensors');
const small = ['--width', '0.03', '--epochs', '1', '--threads', '1', '--workers', '1'];
const problem = ['--epsilon', '1', '--delta', '0.1', '--resamplings', '4'];

/** Runs to its end and gives what it printed as JSON. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await iterand([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

let run: string;
beforeAll(async () => {
  const outcome = await json(
    ...['train', '--network', 'lenet-300-100', '--data', 'mnist', '--method', 'sgd'],
    ...['--biases', 'none', '--pixels', 'unit', '--out', folder, ...small],
  );
  run = outcome.paths.folder;
  await json('export', run, '--target', file, '--threads', '1');
}, 120_000);

test('a trained network is a target for bounds, simulate and search, with the scalar that rescaling takes out', async () => {
  const bounds = await json('bounds', '--target', file, '--rescale', ...problem);
  expect(bounds.widths).toEqual([784, 9, 3, 10]);
  expect(bounds.scale).toBeGreaterThan(1);
  const simulated = await json(
    ...['simulate', '--target', file, '--rescale', ...problem, '--trials', '2', '--workers', '1'],
  );
  expect(simulated).toMatchObject({ widths: [784, 9, 3, 10], scale: bounds.scale, verdict: 'consistent' });
  const found = await json('search', '--target', file, '--rescale', ...problem, '--hidden', '1568,9,3');
  expect(found).toMatchObject({ scale: bounds.scale, success: false });
  const { stdout } = await iterand([
    'search',
    '--target',
    file,
    '--rescale',
    ...problem,
    '--hidden',
    '1568,9,3',
  ]);
  expect(stdout).toContain('times the rescaled target, to which epsilon refers');
}, 120_000);

test('norms above 1, a target beside widths, and rescaling nothing are refused', async () => {
  const refused = async (args: string[], words: string) => {
    const { code, stdout, stderr } = await iterand(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  };
  await refused(['bounds', '--target', file, ...problem], "above the theorem's 1");
  await refused(['bounds', '--target', file, '--widths', '2,2', ...problem], 'cannot be used with');
  await refused(['bounds', ...problem], 'pass --widths d0,...,dl or --target FILE');
  await refused(['bounds', '--widths', '2,2', '--rescale', ...problem], '--rescale: means nothing');
  const other = join(folder, 'f.json');
  await refused(['export', run, '--target', other], 'must end in .safetensors');
  expect(existsSync(other)).toBe(false);
}, 120_000);
