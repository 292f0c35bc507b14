import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jobKinds } from '../../src/cli/jobs.js';
import { planSweep } from '../../src/sweep/plan.js';
import { captured } from '../cli/captured.js';
import { emptyFolder, iterand } from './cli.js';

const plan = (value: unknown) => planSweep(value, 'sweep', jobKinds);
const trials = {
  name: 'trials',
  job: 'simulate',
  base: { delta: 0.01, trials: 50, widths: [3, 2] },
  grid: { epsilon: [0.2], resamplings: [10, 100] },
};

test('trials: each result is what the command prints; a second command finds it, a damaged one is reported', async () => {
  const out = emptyFolder('trials');
  const path = join(out, 'sweep.json');
  writeFileSync(path, JSON.stringify(trials));
  const command = ['sweep', path, '--out', out, '--threads', '1', '--json'];
  const done = await iterand(command);
  expect(done.code, done.stderr).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ runs: 2, finished: 2 });
  const { runs } = plan(trials);
  const alone = await iterand([
    ...['simulate', '--delta', '0.01', '--trials', '50', '--widths', '3,2', '--epsilon', '0.2'],
    ...['--resamplings', '100', '--seed', '1', '--workers', '1', '--json'],
  ]);
  const stored = join(out, runs[1]!.name, 'result.json');
  expect(JSON.parse(readFileSync(stored, 'utf8')).result).toEqual(JSON.parse(alone.stdout));
  expect(readdirSync(join(out, runs[1]!.name)).sort()).toEqual(['result.json', 'spec.json', 'state.json']);

  writeFileSync(stored, readFileSync(stored, 'utf8').replace('"trials": 50', '"trials": 51'));
  const again = await iterand(command);
  expect(again.code).toBe(1);
  expect(JSON.parse(again.stdout)).toMatchObject({ finished: 1, failed: 1 });
  // They are no training runs, and no damaged ones.
  const listed = await iterand(['runs', '--out', out, '--json']);
  expect([listed.code, JSON.parse(listed.stdout)]).toEqual([0, []]);
}, 120_000);

test('the law of width is a kind too, infinite ends and all', async () => {
  const out = emptyFolder('law');
  const path = join(out, 'sweep.json');
  writeFileSync(
    path,
    JSON.stringify({ name: 'l', job: 'law', base: { trials: 10, t: 0.1, resamplings: [1] }, seeds: [7] }),
  );
  const done = await iterand(['sweep', path, '--out', out, '--threads', '1']);
  expect(done.code, done.stderr).toBe(0);
  const [name] = readdirSync(out).filter((each) => each.startsWith('law-'));
  const { result } = JSON.parse(readFileSync(join(out, name!, 'seed-7/result.json'), 'utf8'));
  const alone = await iterand([
    'law',
    '--trials',
    '10',
    '--t',
    '0.1',
    '--resamplings',
    '1',
    '--seed',
    '7',
    '--workers',
    '1',
    '--json',
  ]);
  expect(result).toEqual(JSON.parse(alone.stdout));
}, 120_000);

test('settings are checked as the command checks its options, before anything is written', async () => {
  const bad: [object, RegExp][] = [
    [{ ...trials, base: { epsilom: 1 } }, /base: 'epsilom': .*did you mean 'epsilon'/],
    [{ ...trials, base: { ...trials.base, seed: 4 } }, /base: 'seed': is no known key/],
    [{ ...trials, base: { ...trials.base, trials: 0 } }, /--trials 0: must be an integer from 1/],
    [{ ...trials, base: { ...trials.base, trials: {} } }, /trials \{\}: must be a text, a number/],
    [{ ...trials, base: { trials: 5 } }, /settings: required option '--delta/],
    [
      { ...trials, base: { ...trials.base, weight: 1 } },
      /settings: option '--weight <w>' cannot be used with option '--widths/,
    ],
    [{ ...trials, grid: { epsilon: [0.2, '0.20'] } }, /is the same run as/],
    [
      { ...trials, base: { ...trials.base, existence: true } },
      /--widths with --existence: it is about two neurons/,
    ],
  ];
  for (const [value, message] of bad) expect(() => plan(value)).toThrow(message);
  const out = join(emptyFolder('bad'), 'trials');
  const path = join(emptyFolder('bad'), 'sweep.json');
  writeFileSync(path, JSON.stringify(trials));
  const { code, stderr } = await iterand(['sweep', path, '--out', out, '--data-folder', 'data']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/--data-folder with trials of the theory: they have no images/),
  ]);
  expect(existsSync(out)).toBe(false);
});

test('what only the whole of the settings shows is refused before anything is written, of one run among many', async () => {
  const { base } = trials;
  const law = { name: 'l', job: 'law', base: { trials: 10 } };
  const bad: [object, RegExp][] = [
    [
      { ...trials, grid: { epsilon: [0.2, 2] } },
      /^iterand: sweep 'trials': epsilon 2: epsilon 2: must lie in .*\n$/,
    ],
    [{ ...trials, base: { ...base, delta: 1 } }, /delta 1: must lie/],
    [{ ...trials, base: { ...base, alpha: 0 } }, /alpha 0: must lie/],
    [{ ...trials, base: { ...base, bound: 'papr' } }, /papr.*did you mean 'paper'/],
    [{ ...trials, base: { ...base, target: 'gausian' } }, /did you mean 'gaussian'/],
    [
      { ...trials, base: { ...base, strategy: 'subset-sum-fixed', simulator: 'outcome' } },
      /'projection' alone/,
    ],
    [{ ...law, grid: { t: [0.1, 0.9] } }, /^iterand: sweep 'l': t 0.9: t 0.9: /],
    [
      { ...law, base: { distribution: 'two-valued:0.3' }, grid: { t: [0.001] } },
      /gives slopes that are multiples of/,
    ],
  ];
  const folder = emptyFolder('unrunnable');
  for (const [value, message] of bad) {
    const path = join(folder, 'sweep.json');
    writeFileSync(path, JSON.stringify(value));
    const { code, stderr } = await captured(['sweep', path, '--out', join(folder, 'trials')]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(readdirSync(folder)).toEqual(['sweep.json']);
  }
});

test('a target file is known by its content', () => {
  const file = join(emptyFolder('target'), 'target.json');
  const names = [[[0.5]], [[0.25]]].map((matrix) => {
    writeFileSync(file, JSON.stringify({ matrices: [matrix] }));
    return plan({ ...trials, base: { delta: 0.01, target: file } }).runs[0]!.name;
  });
  expect(new Set(names).size).toBe(2);
});
