import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../src/core/errors.js';
import { thisProcess } from '../src/runs/holder.js';
import { takeLock } from '../src/runs/lock.js';
import { runPaths } from '../src/runs/paths.js';
import { writeState } from '../src/runs/state.js';
import { carryOut } from '../src/sweep/carry-out.js';
import { type PlannedRun, planSweep } from '../src/sweep/plan.js';
import { StatusReader } from '../src/sweep/status.js';
import { trainingJobs } from '../src/sweep/training.js';
import { writeCheckpoint } from '../src/train/run/checkpoint.js';
import { writeResult } from '../src/train/run/result.js';
import type { TrainSpec } from '../src/train/spec/spec.js';
import type { Benchmark } from './lib/benchmark.js';
import { counted, type Operations } from './lib/file-operations.js';

/** Operations on the files of a sweep of many runs: those of its status, of locks, and of a process that looks for work. */
export const benchmark: Benchmark = {
  description: 'file operations of a large sweep, counted: -- [runs] [running]',
  async run([runs = '10000', running = '500']) {
    const [all, busy] = [Number(runs), Number(running)];
    if (!(Number.isInteger(all) && Number.isInteger(busy) && busy > 0 && 2 * busy <= all))
      throw new InputError(
        `${runs} runs, ${running} running`,
        'must be whole numbers, the first at least twice the second',
        'pass e.g. 10000 500',
      );
    const root = mkdtempSync(join(tmpdir(), 'iterand-folders-'));
    try {
      await measure(root, all, busy);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function measure(root: string, all: number, busy: number): Promise<void> {
  const { kind, runs } = planSweep(sweepOf(all), 'bench', [trainingJobs]);
  const finished = all - 2 * busy;
  for (const run of runs.slice(0, finished)) writeFinished(root, run);
  for (const run of runs.slice(finished, finished + busy)) writeRunning(root, run);
  process.stdout.write(
    `${all} runs: ${finished} finished, ${busy} running elsewhere at epoch 50 of 100, ${busy} planned\n\n`,
  );

  const reader = new StatusReader(kind, runs, root);
  print('status, first look', await counted(root, () => reader.read()), all);
  print('status, each later look of --watch', await counted(root, () => reader.read()), all);

  const lane = { run: async () => ({ state: 'stopped' }) as const, close: async () => {} };
  const passing = () => carryOut(kind, runs.slice(0, finished + busy), { root, lanes: [lane], beat: 1 });
  print('a process that looks for work past all of these', await counted(root, passing), finished + busy);

  const lock = runPaths(root, 'lock/seed-1').lock;
  const taking = await counted(root, async () => (await takeLock(lock)).release());
  print('taking a lock and giving it back', taking, 1);
}

/** Half as many settings as runs, two seeds each. */
const sweepOf = (all: number) => ({
  name: 'bench',
  job: 'train',
  base: { network: 'conv2', method: 'sgd', data: 'mnist', epochs: 100 },
  grid: { weightDecay: Array.from({ length: Math.ceil(all / 2) }, (_, i) => i / all) },
  seeds: [1, 2],
});

const score = { loss: 1, accuracy: 0.5, hits: 500, examples: 1000 };
const lines = (epochs: number) =>
  Array.from({ length: epochs }, (_, epoch) =>
    JSON.stringify({ epoch, learningRate: 0.01, train: score, validation: score }),
  ).join('\n');

function writeFinished(root: string, { name }: PlannedRun): void {
  const paths = runPaths(root, name);
  const none = { bytes: 0, sha256: createHash('sha256').digest('hex') };
  const result = {
    data: { name: 'MNIST', fingerprint: 'x' },
    steps: 5500,
    best: { epoch: 1, hits: 1 },
    unreadable: [],
    test: score,
  };
  writeResult(paths, result, { steps: none, epochs: none });
}

function writeRunning(root: string, { name, spec }: PlannedRun): void {
  const paths = runPaths(root, name);
  mkdirSync(paths.folder, { recursive: true });
  const epochs = Math.floor((spec as TrainSpec).epochs / 2);
  const text = `${lines(epochs)}\n`;
  writeFileSync(paths.epochs, text);
  const prefix = (of: string) => ({
    bytes: of.length,
    sha256: createHash('sha256').update(of).digest('hex'),
  });
  const standing = {
    ...{
      run: name,
      fingerprint: 'x',
      position: { epoch: epochs, batch: 0 },
      step: 55 * epochs,
      randomizations: 0,
    },
    ...{ epoch: { loss: 0, hits: 0, examples: 0 }, best: { epoch: 0, hits: 500 }, unreadable: [] },
    written: { steps: prefix(''), epochs: prefix(text) },
  };
  writeCheckpoint(paths.last, { standing, tensors: new Map() });
  const times = [
    { began: '' },
    ...Array.from({ length: epochs }, (_, i) => ({ epoch: i, secondsSinceStart: 9 * (i + 1) })),
  ];
  writeFileSync(paths.times, times.map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeState(paths, { state: 'running', checkpoint: true, threads: 1 });
  writeFileSync(paths.lock, JSON.stringify({ ...thisProcess({}), host: 'another' }));
}

function print(
  what: string,
  { operations, seconds }: { operations: Operations; seconds: number },
  runs: number,
): void {
  const total = Object.values(operations).reduce((a, b) => a + b, 0);
  const kinds = Object.entries(operations).map(([name, count]) => `${count} ${name}`);
  const per = runs === 1 ? '' : `, ${(total / runs).toFixed(1)} a run`;
  process.stdout.write(
    `${what}: ${total} operations${per}; ${seconds.toFixed(2)} s here\n  ${kinds.join(', ')}\n`,
  );
}
