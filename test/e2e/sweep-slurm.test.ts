import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planSweep } from '../../src/sweep/plan.js';
import { trainingJobs } from '../../src/sweep/training.js';
import { writeImages } from '../images.js';
import { canSlurm, type Slurm, startSlurm } from '../support/slurm.js';
import { emptyFolder, iterand, start } from './cli.js';

test('Slurm is there where it must be', () => {
  if (!canSlurm)
    console.warn(
      'sweep-slurm: skipped, as there is no Slurm here, or no root to start one (apt-get install slurm-wlm munge)',
    );
  if (process.env.ITERAND_REQUIRE_SLURM) expect(canSlurm).toBe(true);
});

const images = emptyFolder('images');
const sweep = {
  name: 'in-slurm',
  job: 'train',
  base: {
    network: 'resnet18',
    width: 0.02,
    method: 'iterand',
    data: `folder:${images}`,
    imageSize: 8,
    batch: 6,
    evaluationBatch: 5,
    period: 4,
    epochs: 24,
    warmup: 0,
    finalEpochs: 0,
  },
  seeds: [1, 2, 3],
};
const runs = planSweep(sweep, 'sweep', [trainingJobs]).runs;
const file = join(emptyFolder('sweep'), 'sweep.json');
writeFileSync(file, JSON.stringify(sweep));
const args = (out: string, ...more: string[]) => ['sweep', file, '--out', out, '--threads', '1', ...more];

describe.runIf(canSlurm)('a sweep in a real Slurm', () => {
  const [out, whole] = [emptyFolder('slurm-runs'), emptyFolder('whole')];
  let slurm: Slurm;
  let local: Promise<unknown>;
  beforeAll(async () => {
    await writeImages(images);
    local = iterand(args(whole));
    slurm = await startSlurm(emptyFolder('slurm'), 2);
  }, 120_000);
  afterAll(() => slurm?.stop(), 60_000);

  const iterandThere = (...more: string[]) => start(args(out, ...more), slurm.env).ended;
  const log = (submission: number, task: number) => {
    const path = join(out, `sweeps/in-slurm/slurm/${submission}/task-${task}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const state = (task: string) => slurm.ask('squeue', '-h', '-j', task, '-o', '%T');
  /**
   * Starts a requeued task, which Slurm would leave waiting for two minutes. Not at once: a node refuses a task that it ended in the
   * same second ('already killed, do not launch batch job'), and Slurm then drops it.
   */
  const startSoon = (task: string, ...more: string[]) =>
    slurm.ask('scontrol', 'update', `jobid=${task}`, 'StartTime=now+3', ...more);
  /** The process of a run that has taken steps. */
  const working = async (run: number): Promise<number> => {
    const folder = join(out, runs[run]!.name);
    await until(`run ${run} takes steps`, () =>
      ['last.safetensors', 'lock.json'].every((each) => existsSync(join(folder, each))),
    );
    return JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')).pid;
  };

  test('cancelled, at its time limit, on a node that fails: it goes on, and ends with the bytes of a local run', {
    timeout: 400_000,
  }, async () => {
    const submitted = await iterandThere(
      '--launcher',
      'slurm',
      '--slurm',
      '--time=10 --mem=100',
      '--at-once',
      '2',
      '--json',
    );
    expect(submitted.code, submitted.stderr).toBe(0);
    const { job, tasks } = JSON.parse(submitted.stdout);
    expect(tasks).toBe(3);

    // Halted, so that what is done to them meets them at work; Slurm wakes a process that it tells to save.
    const [first, second] = [await working(0), await working(1)];
    process.kill(first, 'SIGSTOP');
    process.kill(second, 'SIGSTOP');
    slurm.ask('scancel', `${job}_1`);
    slurm.ask('scontrol', 'update', `jobid=${job}_0`, 'TimeLimit=2');
    await until('the task is queued again', () => state(`${job}_0`) === 'PENDING');
    expect(log(1, 0)).toMatch(
      /stopped\n(.*\n)*job \d+_0 is at its time limit: it is requeued and goes on from here/,
    );
    startSoon(`${job}_0`, 'TimeLimit=10');
    await until('the tasks end', () => state(job) === '');
    expect(log(1, 1)).toMatch(/stopped\n(.*\n)*job \d+_1 is COMPLETING: it is not requeued/);

    const status = JSON.parse((await iterand(['sweep', file, '--out', out, '--status', '--json'])).stdout);
    expect(status.runs.map((run: { state: string }) => run.state)).toEqual([
      'finished',
      'stopped',
      'finished',
    ]);

    const again = await iterandThere('--launcher', 'slurm', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ tasks: 1, runs: 1 });
    const last = JSON.parse(again.stdout).job;
    slurm.failNode(await working(1));
    await until('the task is taken from the node', () => state(last) === 'PENDING');
    slurm.startNode();
    startSoon(`${last}_0`);
    await until('the last task ends', () => state(last) === '');

    await local;
    for (const { name } of runs)
      for (const each of ['steps.jsonl', 'epochs.jsonl', 'last.safetensors', 'result.json'])
        expect(
          readFileSync(join(out, name, each)).equals(readFileSync(join(whole, name, each))),
          `${name} ${each}`,
        ).toBe(true);

    const nothing = await iterandThere('--launcher', 'slurm');
    expect(nothing.stdout).toBe('all 3 runs are finished; nothing is submitted\n');
  });

  test('what Slurm refuses leaves nothing behind', async () => {
    const folder = join(emptyFolder('refused'), 'runs');
    const command = ['sweep', file, '--out', folder, '--launcher', 'slurm', '--slurm', '--partition=none'];
    const { code, stderr } = await start(command, slurm.env).ended;
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^iterand: --launcher slurm: sbatch refuses: .*partition.*\n$/),
    ]);
    expect(existsSync(folder)).toBe(false);
    expect(slurm.ask('squeue', '-h')).toBe('');
  });
});

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const begin = performance.now(); !holds(); await sleep(100))
    if (performance.now() - begin > 120_000) throw new Error(`in two minutes not: ${what}`);
}
