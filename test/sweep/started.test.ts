import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planSweep } from '../../src/sweep/plan.js';
import { requireUnchanged, startSweep, sweepPaths } from '../../src/sweep/started.js';
import { trainingJobs } from '../../src/sweep/training.js';
import { temporaryFolder } from '../train/data/temporary.js';

const root = temporaryFolder();
const sweep = (name: string, seeds: readonly number[], method = 'sgd') => ({
  name,
  job: 'train',
  base: { network: 'conv2', data: 'mnist', method },
  seeds,
});
const plan = (...of: Parameters<typeof sweep>) => planSweep(sweep(...of), 'sweep', [trainingJobs]);

test('a started sweep goes on by the same runs in any order and form, and refuses others', () => {
  const first = plan('a', [1, 2, 3]);
  expect(requireUnchanged(root, first)).toBe(false);
  const paths = startSweep(root, first, 'the text');
  expect(readFileSync(paths.file, 'utf8')).toBe('the text');
  expect(requireUnchanged(root, plan('a', [3, 1, 2]))).toBe(true);
  // What was written at the start stays.
  startSweep(root, plan('a', [3, 1, 2]), 'another text');
  expect(readFileSync(paths.file, 'utf8')).toBe('the text');

  const [, two, three] = first.runs.map((run) => run.name);
  expect(() => startSweep(root, plan('a', [1, 2, 3, 4]), '')).toThrow(
    /sweep 'a': has changed since it was started in .*: 1 run added \(.*\/seed-4\); restore the file/,
  );
  expect(() => requireUnchanged(root, plan('a', [1]))).toThrow(`2 runs gone (${two}, ...)`);
  expect(three).toMatch(/seed-3$/);
  expect(() => requireUnchanged(root, plan('a', [1, 2, 3], 'iterand'))).toThrow(
    /3 runs added .*, 3 runs gone/,
  );
  expect(requireUnchanged(root, plan('b', [4]))).toBe(false);
  expect(existsSync(join(root, 'sweeps', 'b'))).toBe(false);
});

test('a damaged record is an error that says how to go on', () => {
  const { plan: path } = sweepPaths(root, 'a');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('seed-2', 'seed-9'));
  expect(() => requireUnchanged(root, plan('a', [1, 9, 3]))).toThrow(
    /plan\.json: is damaged: its content does not match its SHA-256 checksum; remove the file/,
  );
  writeFileSync(path, text.replace(/,\s*"sha256": "\w+"/, ''));
  expect(() => requireUnchanged(root, plan('a', [1, 2, 3]))).toThrow(/is damaged/);
});
