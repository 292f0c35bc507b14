import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDigits } from '../../src/report/targets/digits.js';
import { targetHits } from '../../src/theory/problem/labelled.js';
import { encodeTarget } from '../../src/theory/problem/target-file.js';
import { emptyFolder, iterand } from './cli.js';

const folder = emptyFolder('pensia');
/** A small network with weights as large as a trained one's. */
const wave = (size: number, step: number) =>
  Float64Array.from({ length: size }, (_, i) => Math.sin(step * i) / 3);
const target = { widths: [784, 3, 10], matrices: [wave(2352, 0.37), wave(30, 1.3)] };
const file = join(folder, 'f.safetensors');
writeFileSync(file, encodeTarget(target, file));
const pensia = ['pensia', '--target', file, '--resamplings', '1,8', '--workers', '1'];

test('the rows say how many numbers are kept, how far off they are, and what the networks make of the digits', async () => {
  const { code, stdout, stderr } = await iterand([...pensia, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { seconds, rows, published, target: about } = JSON.parse(stdout);
  expect(about).toMatchObject({
    weights: 2382,
    examples: 2000,
    hits: targetHits(target, await testDigits()),
  });
  expect(published).toMatchObject({ keptPerWeight: 9.39, seconds: 77_266, cores: 36 });
  expect(seconds).toBeGreaterThan(0);
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ resamplings: 1, edgesPerWeight: 21, edges: 21 * 2382 });
  for (const row of rows) {
    expect(row.largestError).toBeLessThanOrEqual(0.01);
    expect(row.keptPerWeight).toBe(row.kept / 2382);
    expect(row.keptPerWeight).toBeLessThan(2);
    expect(row.accuracy).toBe(row.hits / 2000);
  }
  for (const row of rows.slice(1)) expect(row).toMatchObject({ unserved: 0, outOfReach: 0 });
  expect(rows[2].edgesPerWeight).toBeLessThan(rows[1].edgesPerWeight);
}, 120_000);

test('the same seed gives the same numbers, another other ones; text says what JSON says', async () => {
  const few = [...pensia.slice(0, 3), '--resamplings', '16', '--workers', '1', '--edges', '6'];
  const strip = (text: string) =>
    JSON.parse(text).rows.map(({ seconds: _, ...row }: { seconds: number }) => row);
  const [once, again, other] = await Promise.all(
    ['1', '1', '2'].map(async (seed) => strip((await iterand([...few, '--json', '--seed', seed])).stdout)),
  );
  expect(again).toEqual(once);
  expect(other).not.toEqual(once);
  const { stdout } = await iterand(few);
  expect(stdout).toContain('target 784-3-10: 2,382 weights');
  expect(stdout).toContain('9.39 kept a weight, 77,266 s on 36 cores');
  // Six numbers do not serve every weight.
  expect(once[0].unserved).toBeGreaterThan(0);
  expect(stdout).toContain(
    `R = 1, n = 6: ${once[0].unserved.toLocaleString('en')} weights have no sum within 0.01; the nearest is kept`,
  );
}, 120_000);

test('what is saved is checked by check-instance, which says the same', async () => {
  const out = join(folder, 'sums.safetensors');
  const printed = await iterand([...pensia, '--json', '--out', out]);
  expect({ code: printed.code, stderr: printed.stderr }).toEqual({ code: 0, stderr: '' });
  const { rows } = JSON.parse(printed.stdout);
  const checked = await iterand(['check-instance', out, '--json']);
  expect({ code: checked.code, stderr: checked.stderr }).toEqual({ code: 0, stderr: '' });
  const { widths, networks } = JSON.parse(checked.stdout);
  expect(widths).toEqual([784, 3, 10]);
  expect(networks).toHaveLength(3);
  for (const [n, { tolerance, low, high, seed, ...said }] of networks.entries()) {
    expect({ tolerance, low, high, seed }).toEqual({ tolerance: 0.01, low: -0.464, high: 0.541, seed: 1 });
    expect(rows[n]).toMatchObject(said);
  }
  expect((await iterand(['check-instance', out])).stdout).toContain('R = 8, n = ');
  rmSync(out);
}, 120_000);

test('bad inputs are one message each, and nothing is left behind', async () => {
  const other = join(folder, 'other.json');
  writeFileSync(other, '{"matrices": [[[0.1, 0.2]]]}');
  const before = readdirSync(folder);
  for (const [args, words] of [
    [['--target', other], 'MNIST digits have 784 pixels in 10 classes'],
    [['--target', join(folder, 'none')], 'none'],
    [['--target', file, '--range', '1,1'], 'must be two numbers, the lower one first'],
    [['--target', file, '--runs', folder], 'nothing is trained'],
    [['--target', file, '--resamplings', '0'], '--resamplings 0'],
    [['--runs', file], 'is not a folder'],
    [['--target', file, '--out', join(folder, 'sums.json')], 'must end in .safetensors'],
    [['--target', file, '--out', file], 'is the file of the target'],
    [['--target', file, '--out', join(file, 'sums.safetensors')], 'sums.safetensors'],
    // Weights of 1/3 need over a hundred samples of each of 30 numbers at the least.
    [
      [
        ...['--target', file, '--resamplings', '128', '--range', '-0.01,0.012', '--tolerance', '1e-6'],
        ...['--workers', '1', '--json'],
      ],
      'the sums of up to 40 numbers with R = 128 samples each: needs about',
    ],
  ] as const) {
    const { code, stdout, stderr } = await iterand(['pensia', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
  expect(readdirSync(folder)).toEqual(before);
}, 120_000);
