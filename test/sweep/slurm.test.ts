import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planSweep } from '../../src/sweep/plan.js';
import { launchInSlurm } from '../../src/sweep/slurm/launch.js';
import { parseSlurmOptions } from '../../src/sweep/slurm/options.js';
import { batchScript, runsOfTask, taskList } from '../../src/sweep/slurm/script.js';
import { ownTask, requeueAtLimit, secondsLeft } from '../../src/sweep/slurm/slurm.js';
import { trainingJobs } from '../../src/sweep/training.js';

describe('--slurm', () => {
  test('options as lines of a script, values with spaces in quotation marks', () => {
    expect(
      parseSlurmOptions(`--partition=gpu  --gres gpu:1 -t 8:00:00 -A "my lab" --comment='a b' --exclusive`),
    ).toEqual([
      '--partition=gpu',
      '--gres gpu:1',
      '-t 8:00:00',
      '-A "my lab"',
      '--comment="a b"',
      '--exclusive',
    ]);
    expect(parseSlurmOptions('')).toEqual([]);
  });

  const refused: [string, string][] = [
    ['gpu', "--slurm 'gpu': is no option of sbatch"],
    ['--partition=a b', "'b': is no option of sbatch"],
    ['--array=1-3', '--at-once says how many run at a time; leave it out'],
    ['-a 1-3', '--at-once'],
    ['--sig=B:USR1@60', 'a task is told 120 s before its time limit to save'],
    ['--no-requeue', 'a task goes on by being requeued'],
    ['-D /tmp', 'tasks work where the command was given'],
    ['--time=4', 'leaves a task hardly any time'],
    ['-t4', 'leaves a task hardly any time'],
    ['--time=3:59', 'leaves a task hardly any time'],
    ['--time 0:04:00', 'leaves a task hardly any time'],
    ['--comment="a', 'has a quotation mark without its other one'],
    ['--partition=a\n#SBATCH --array=1', 'holds a line break'],
  ];
  test.each(refused)('%j is refused', (text, message) => {
    expect(() => parseSlurmOptions(text)).toThrow(message);
  });

  test.each([
    '--time=5',
    '--time=8:00:00',
    '-t 1-0',
    '--time=0-00:05',
    '--time=infinite',
    '--nodes=1',
    '-n1',
    '--signals',
  ])('%s is Slurm’s to judge', (text) => {
    expect(() => parseSlurmOptions(text)).not.toThrow();
  });
});

test('runs are dealt out to at most so many tasks, every one to one', () => {
  const { runs } = planSweep(
    {
      name: 's',
      job: 'train',
      base: { network: 'conv2', method: 'sgd', data: 'mnist' },
      seeds: [1, 2, 3, 4, 5, 6, 7],
    },
    's',
    [trainingJobs],
  );
  const { tasks, text } = taskList(runs, 3);
  expect(tasks).toBe(3);
  const dealt = ['0', '1', '2'].map((task) => runsOfTask(text, task));
  expect(dealt.map((names) => names.length)).toEqual([3, 2, 2]);
  expect(dealt.flat().sort()).toEqual(runs.map((run) => run.name).sort());
  expect(dealt[1]).toEqual([runs[1]!.name, runs[4]!.name]);
  // The task 1 of twelve has nothing of the tasks 10 and 11.
  expect(runsOfTask(taskList([...runs, ...runs], 12).text, '1')).toEqual([runs[1]!.name, runs[6]!.name]);
  expect(taskList(runs, 1000).tasks).toBe(7);
});

test('the script quotes what a shell or Slurm would take apart', () => {
  const text = batchScript({
    name: 'two',
    tasks: 2,
    atOnce: 8,
    options: ['--partition=gpu'],
    folder: '/a b/100%/slurm/1',
    cwd: "/home/o'neill",
    command: ['/usr/bin/node', 'bin.js', 'sweep', 'my runs/sweep.json'],
  });
  expect(text).toBe(`#!/bin/bash
#SBATCH --job-name=two
#SBATCH --array=0-1%2
#SBATCH --requeue
#SBATCH --signal=B:TERM@120
#SBATCH --open-mode=append
#SBATCH --output="/a b/100%%/slurm/1/task-%a.log"
#SBATCH --partition=gpu

# Sweep two: task N carries out the runs of runs.txt that begin with N, one after the other. 120 s before its time limit it is
# told to save; it then requeues itself and goes on where it stopped. A run that is finished is not run again.
cd '/home/o'\\''neill' || exit 1
exec /usr/bin/node bin.js sweep 'my runs/sweep.json'
`);
});

test('the time left, as squeue prints it', () => {
  expect(['3:04', '02:03:04', '1-02:03:04', '0:00'].map(secondsLeft)).toEqual([184, 7384, 93784, 0]);
  expect(['UNLIMITED', 'INVALID', ''].map(secondsLeft)).toEqual([undefined, undefined, undefined]);
});

describe.skipIf(process.platform === 'win32')('with stand-ins for Slurm’s programs', () => {
  let top: string;
  let root: string;
  const path = process.env.PATH;
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'iterand-stand-in-'));
    root = join(top, 'runs');
    process.env.PATH = `${top}:${path}`;
    standIn('scontrol', `echo "$*" >> ${top}/asked`);
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(top, { recursive: true });
  });
  const standIn = (name: string, body: string) =>
    writeFileSync(join(top, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const source = JSON.stringify({
    name: 's',
    job: 'train',
    base: { network: 'conv2', method: 'sgd', data: 'mnist' },
  });
  const plan = planSweep(JSON.parse(source), 's', [trainingJobs]);
  const warnings: string[] = [];
  const launch = () =>
    launchInSlurm(plan, plan.runs, source, {
      root,
      options: [],
      atOnce: 1,
      warn: (message) => warnings.push(message),
      command: () => ['true'],
    });

  test('a job that was submitted is told, though its number cannot be noted', () => {
    standIn('sbatch', 'case $1 in --version) ;; *) mkdir "$(dirname $2)/job.txt"; echo "77;cluster";; esac');
    const { job, script } = launch();
    expect(job).toBe('77');
    expect(existsSync(script)).toBe(true);
    expect(warnings.splice(0)).toEqual([
      expect.stringMatching(/^job 77 is submitted, but its number could not be noted: .*job.txt/),
    ]);
  });

  test('a refusal leaves nothing of this submission, and all that was there before', () => {
    standIn('sbatch', 'case $1 in --version) ;; *) echo no >&2; exit 1;; esac');
    expect(launch).toThrow('sbatch refuses: no');
    expect(existsSync(root)).toBe(false);
    mkdirSync(join(root, 'sweeps/s'), { recursive: true });
    writeFileSync(join(root, 'sweeps/s/index.html'), 'page');
    expect(launch).toThrow('sbatch refuses: no');
    expect(readdirSync(join(root, 'sweeps/s'))).toEqual(['index.html']);
    expect(readFileSync(join(root, 'sweeps/s/index.html'), 'utf8')).toBe('page');
  });

  test('a task names itself by its array, and never all tasks of it', () => {
    // Of the task that starts last.
    const own = ownTask({ SLURM_JOB_ID: '7', SLURM_ARRAY_JOB_ID: '7', SLURM_ARRAY_TASK_ID: '2' })!;
    expect(own).toEqual({ id: '7_2', task: '2' });
    expect(ownTask({ SLURM_JOB_ID: '7' })).toBeUndefined();
    standIn('squeue', `echo "$*" >> ${top}/asked; echo 'RUNNING 1:30'`);
    expect(requeueAtLimit(own.id, 180)).toMatchObject({ requeued: true });
    expect(readFileSync(join(top, 'asked'), 'utf8')).toMatch(/--jobs=7_2 .*\nrequeue 7_2\n$/);
    standIn('squeue', `echo 'RUNNING 3:30'`);
    expect(requeueAtLimit(own.id, 180)).toMatchObject({ requeued: false });
  });
});
