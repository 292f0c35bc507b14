import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { countsText, statusText } from '../../src/cli/sweep-status.js';
import { sweepPage } from '../../src/report/sweep/page.js';
import { thisProcess } from '../../src/runs/holder.js';
import { runPaths } from '../../src/runs/paths.js';
import { writeState } from '../../src/runs/state.js';
import { carryOut } from '../../src/sweep/carry-out.js';
import { planSweep } from '../../src/sweep/plan.js';
import { StatusReader } from '../../src/sweep/status.js';
import { trainingJobs } from '../../src/sweep/training.js';
import { secondsOfLastEpoch } from '../../src/train/run/times.js';
import { writeImages } from '../images.js';
import { temporaryFolder } from '../train/data/temporary.js';

const folder = temporaryFolder();
const images = join(folder, 'images');
const root = join(folder, 'runs');
beforeAll(() => writeImages(images));

const plan = planSweep(
  {
    name: 'watched',
    description: 'Two <curves>.',
    job: 'train',
    base: {
      network: 'conv2',
      width: 0.05,
      data: `folder:${images}`,
      imageSize: 8,
      epochs: 2,
      batch: 20,
      warmup: 0,
      finalEpochs: 0,
    },
    cases: [{ method: 'sgd' }, { method: 'edge-popup' }],
    seeds: [1, 2],
  },
  'sweep',
  [trainingJobs],
);
const [first, second, third] = plan.runs.map((run) => runPaths(root, run.name));

test('the states are those of the folders; what has not changed is told from memory, what has is read', async () => {
  const reader = new StatusReader(plan.kind, plan.runs, root);
  const states = () => reader.read().runs.map(({ state, done }) => `${state} ${done}`);
  expect(states()).toEqual(Array(4).fill('planned 0'));
  await carryOut(plan.kind, [plan.runs[0]!, plan.runs[2]!], { root, machine: { threads: 1 } });
  expect(states()).toEqual(['finished 2', 'planned 0', 'finished 2', 'planned 0']);

  // The second run as one that is worked on, after one of its epochs.
  mkdirSync(second!.folder, { recursive: true });
  writeState(second!, { state: 'running', threads: 1 });
  writeFileSync(second!.lock, JSON.stringify(thisProcess()));
  expect(reader.read().runs[1]).toMatchObject({ state: 'running', done: 0 });
  const [epoch] = readFileSync(first!.epochs, 'utf8').split('\n');
  appendFileSync(second!.epochs, `${epoch}\n`);
  writeFileSync(second!.times, '{"began":"","step":0}\n{"epoch":0,"secondsSinceStart":10}\n');
  const status = reader.read();
  expect(status.runs[1]).toMatchObject({ state: 'running', done: 1, left: 10, host: thisProcess().host });
  // SGD's last two epochs at 10 s each; edge-popup's pace is that of its finished run; one run at a time.
  expect(status.left).toBeCloseTo(10 + 2 * secondsOfLastEpoch(third!)!, 9);
  expect(countsText(status)).toMatch(/^2 of 4 runs finished, 1 running, 1 planned; about \d+ s left$/);
  expect(statusText(plan, status)).toMatch(/method sgd, seed 2 +running on \S+ +1\/2 +\d+\.\d\d % +10 s/);

  // Its process is gone.
  rmSync(second!.lock);
  expect(reader.read().runs[1]).toMatchObject({ state: 'stopped' });
  expect(reader.read().left).toBe(undefined);
  // A damaged file is told, and hides no other run; a finished run is not read again.
  writeFileSync(second!.state, '{"state": "running", "sha256": "x"}');
  writeFileSync(first!.result, '{}');
  expect(reader.read().counts).toEqual({
    planned: 1,
    running: 0,
    stopped: 0,
    finished: 2,
    failed: 0,
    damaged: 1,
  });
  expect(new StatusReader(plan.kind, plan.runs, root).read().counts.finished).toBe(1);
});

test('the page shows the same, escapes what it is given, and is loaded again while runs are open', () => {
  const status = new StatusReader(plan.kind, plan.runs, root).read();
  const page = sweepPage(plan, status, new Date(0));
  expect(page).toContain('<h1>watched: 1 of 4 runs</h1>');
  expect(page).toContain('Two &lt;curves&gt;.');
  expect(page).toContain('1970-01-01T00:00:00.000Z');
  expect(page).toContain('http-equiv="refresh"');
  expect(page.match(/<progress /g)).toHaveLength(4);
  const done = {
    ...status,
    counts: { planned: 0, running: 0, stopped: 0, finished: 4, failed: 0, damaged: 0 },
  };
  expect(sweepPage(plan, done, new Date(0))).not.toContain('http-equiv="refresh"');
  expect(existsSync(join(root, 'sweeps'))).toBe(false);
});

test('the pace is that of the newest epoch; a line that tells nothing is none', () => {
  const paths = runPaths(root, 'times/seed-1');
  mkdirSync(paths.folder, { recursive: true });
  const pace = (...lines: string[]) => {
    writeFileSync(paths.times, lines.map((line) => `${line}\n`).join(''));
    return secondsOfLastEpoch(paths);
  };
  const at = (seconds: number) => `{"epoch":0,"secondsSinceStart":${seconds}}`;
  expect(pace('{"began":""}', at(4), at(7))).toBe(3);
  expect(pace(at(4), at(7), '{"began":""}', at(5))).toBe(5);
  expect(pace('{"began":""}')).toBe(undefined);
  expect(pace(at(4), '{"epoch":1,"secondsSi')).toBe(undefined);
  rmSync(paths.times);
  expect(secondsOfLastEpoch(paths)).toBe(undefined);
});
