import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { planSweep } from '../../src/sweep/plan.js';
import { trainingJobs } from '../../src/sweep/training.js';
import { writeImages } from '../images.js';
import { type Ended, emptyFolder, iterand, start } from './cli.js';

const images = emptyFolder('images');
const whole = emptyFolder('whole');

/** Batch norm and randomizations; 7 steps an epoch. */
const sweep = {
  name: 'small',
  job: 'train',
  base: {
    network: 'resnet18',
    width: 0.02,
    data: `folder:${images}`,
    imageSize: 8,
    batch: 6,
    evaluationBatch: 5,
    epochs: 3,
    warmup: 0,
    finalEpochs: 0,
  },
  cases: [
    { label: 'edge-popup', method: 'edge-popup' },
    { label: 'IteRand', method: 'iterand', period: 4, rate: 0.5 },
  ],
  seeds: [1, 2],
};
const runs = planSweep(sweep, 'sweep', [trainingJobs]).runs;
const file = (name: string, value: object = sweep) => {
  const path = join(emptyFolder('sweep'), `${name}.json`);
  writeFileSync(path, JSON.stringify(value));
  return path;
};
const given = file('small');
const args = (out: string, ...more: string[]) => ['sweep', given, '--out', out, '--threads', '1', ...more];

/** What must be the same bytes however the runs came about. */
const files = [
  'spec.json',
  'steps.jsonl',
  'epochs.jsonl',
  'last.safetensors',
  'best.safetensors',
  'result.json',
];
const expectSame = (out: string, other: string, of = runs) => {
  for (const { name } of of)
    for (const each of files)
      expect(
        readFileSync(join(out, name, each)).equals(readFileSync(join(other, name, each))),
        `${name} ${each}`,
      ).toBe(true);
};
/** How many processes have taken a step of a run. */
const processes = (out: string, name: string) =>
  readFileSync(join(out, name, 'times.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"began"')).length;
const ok = ({ code, stderr }: Ended) => expect(code, stderr).toBe(0);

beforeAll(async () => {
  await writeImages(images);
  ok(await iterand(args(whole)));
}, 120_000);

test('its runs are those of `train`, to the byte, and are not run again', async () => {
  const out = emptyFolder('train');
  const ofEachCase = [runs[0]!, runs[3]!];
  for (const { spec, seed } of ofEachCase)
    ok(
      await iterand([
        'train',
        '--spec',
        file('spec', spec),
        '--seed',
        `${seed}`,
        '--threads',
        '1',
        '--out',
        out,
      ]),
    );
  expectSame(out, whole, ofEachCase);
  const again = await iterand(args(whole, '--json'));
  ok(again);
  expect(JSON.parse(again.stdout)).toMatchObject({ runs: 4, finished: 4, failed: 0, elsewhere: 0 });
  for (const { name } of runs) expect(processes(whole, name)).toBe(1);
}, 120_000);

test('two processes share the runs, and do none twice', async () => {
  const out = emptyFolder('shared');
  const both = await Promise.all([iterand(args(out)), iterand(args(out))]);
  both.forEach(ok);
  for (const { name } of runs) expect(processes(out, name)).toBe(1);
  expectSame(out, whole);
}, 120_000);

test('killed with its two jobs, and begun again, it ends with the same bytes', async () => {
  const out = emptyFolder('killed');
  const { child, ended } = start(args(out, '--jobs', '2', '--checkpoint-minutes', '0'));
  const steps = join(out, runs[1]!.name, 'steps.jsonl');
  while (!(existsSync(steps) && statSync(steps).size > 200)) await sleep(5);
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
  const again = await iterand(args(out, '--jobs', '2', '--json'));
  ok(again);
  expect(JSON.parse(again.stdout)).toMatchObject({ finished: 4 });
  expectSame(out, whole);
  for (const { name } of runs)
    expect(readdirSync(join(out, name)).filter((f) => /tmp|lock/.test(f))).toEqual([]);
}, 120_000);

test('Ctrl-C saves what is under way; the others are not begun; the states tell it', async () => {
  const out = emptyFolder('stopped');
  const { child, ended } = start(args(out));
  const steps = join(out, runs[0]!.name, 'steps.jsonl');
  while (!(existsSync(steps) && statSync(steps).size > 0)) await sleep(2);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/^0 of 4 runs finished, 1 stopped, 3 not begun\n/);
  const status = await iterand(['sweep', given, '--out', out, '--status', '--json']);
  ok(status);
  const { counts, runs: rows, left } = JSON.parse(status.stdout);
  expect(counts).toEqual({ planned: 3, running: 0, stopped: 1, finished: 0, failed: 0, damaged: 0 });
  expect(left).toBe(null);
  expect(rows[0]).toMatchObject({
    name: runs[0]!.name,
    case: 'edge-popup',
    seed: 1,
    state: 'stopped',
    units: 3,
  });
}, 120_000);

test('a failed run is reported, and the rest goes on; a page and the folders show it', async () => {
  const out = emptyFolder('failed');
  const absent = file('absent', {
    ...sweep,
    name: 'absent',
    cases: [
      { method: 'edge-popup', data: 'folder:not-there' },
      { label: 'there', method: 'edge-popup' },
    ].map((one) => ({ ...one })),
    base: { ...sweep.base, epochs: 1 },
    seeds: [1],
  });
  const watching = start(['sweep', absent, '--out', out, '--watch', '--only', 'case=there']);
  const done = await iterand(['sweep', absent, '--out', out, '--threads', '1']);
  expect(done.code).toBe(1);
  expect(done.stderr).toMatch(/1\/2 \S+seed-1: failed: not-there.*\n2\/2 \S+: finished, \d/s);
  expect(done.stdout).toMatch(/^1 of 2 runs finished, 1 failed\n/);
  const watched = await watching.ended;
  ok(watched);
  expect(watched.stdout).toMatch(/^absent: 1 of 1 runs finished\n/);
  const page = readFileSync(join(out, 'sweeps/absent/index.html'), 'utf8');
  expect(page).toContain('<h1>absent: 1 of ');
}, 120_000);

test('a dry run measures each distinct network once and writes nothing', async () => {
  const out = join(emptyFolder('dry'), 'runs');
  const dry = await iterand(args(out, '--dry-run', '--json', '--jobs', '2'));
  ok(dry);
  const { groups, seconds, memory, jobs } = JSON.parse(dry.stdout);
  // Both methods train scores of the same network.
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({ name: runs[0]!.name, runs: 4 });
  const { cost } = groups[0];
  expect(groups[0].seconds).toBeCloseTo(4 * (3 * cost.secondsPerUnit + cost.secondsBeside), 9);
  expect(seconds).toBeCloseTo(groups[0].seconds / 2, 9);
  expect([jobs, memory]).toEqual([2, 2 * cost.memory]);
  expect(existsSync(out)).toBe(false);
}, 120_000);

test('what is wrong is one line, exit code 2, and leaves nothing behind', async () => {
  const out = join(emptyFolder('bad'), 'runs');
  const bad: [string[], RegExp][] = [
    [
      [file('key', { ...sweep, base: { ...sweep.base, epcohs: 1 } })],
      /'epcohs': is no known key .*did you mean 'epochs'/,
    ],
    [[given, '--only', 'method=sgd'], /--only method=sgd: names none of the 4 runs/],
    [[given, '--list', '--jobs', '2'], /--jobs with --list: it only looks, or measures; leave --jobs out/],
    [[given, '--data-folder', '.'], /--data-folder with the data folder:.*: its path is given/],
    [['not-there.json'], /not-there.json: is not there/],
    [[file('text', 'a' as unknown as object)], /holds no object/],
  ];
  for (const [more, message] of bad) {
    const { code, stderr, stdout } = await iterand([
      'sweep',
      ...more,
      ...(more.includes('--list') ? [] : ['--out', out]),
    ]);
    expect([code, stdout], stderr).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  const changed = await iterand([
    'sweep',
    file('changed', { ...sweep, seeds: [1, 2, 3] }),
    '--out',
    whole,
    '--status',
  ]);
  expect(changed.code).toBe(2);
  expect(changed.stderr).toMatch(/sweep 'small': has changed since it was started .*2 runs added/);
  expect(existsSync(out)).toBe(false);
}, 120_000);
