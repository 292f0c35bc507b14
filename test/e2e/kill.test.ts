import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { stream } from '../../src/core/rng.js';
import { flagWords } from '../../src/core/shell.js';
import { resolveTrainSpec, trainRunName } from '../../src/train/spec/spec.js';
import { writeImages } from '../images.js';
import { emptyFolder, iterand, start } from './cli.js';

const images = emptyFolder('images');
beforeAll(() => writeImages(images));

const seed = 5;
// Batch norm, randomizations, a short last batch; 7 steps an epoch.
const settings = {
  network: 'resnet18',
  width: 0.02,
  method: 'iterand',
  data: `folder:${images}`,
  imageSize: 8,
  epochs: 20,
  batch: 6,
  period: 4,
  rate: 0.5,
  evaluationBatch: 5,
  learningRate: 0.05,
  warmup: 0,
  finalEpochs: 0,
};
const name = trainRunName(resolveTrainSpec(settings), seed);
const args = (out: string) => [
  'train',
  ...Object.entries(settings).flatMap(([key, value]) => flagWords(key, value)),
  ...['--seed', String(seed), '--threads', '1', '--workers', '1', '--out', out],
];

/** What must be the same bytes however the run came about. */
const files = [
  'spec.json',
  'steps.jsonl',
  'epochs.jsonl',
  'last.safetensors',
  'best.safetensors',
  'result.json',
];
const stepsOf = (out: string) => join(out, name, 'steps.jsonl');
const written = (out: string) => (existsSync(stepsOf(out)) ? statSync(stepsOf(out)).size : 0);

/** Starts and kills the run until `kills` kills have landed, then lets it end. A run that ended before is followed by a new one. */
async function killedRuns(chain: number, kills: number): Promise<string[]> {
  const draw = stream(11, 'kills', chain).uniform;
  const folders = [emptyFolder('killed')];
  for (let landed = 0; landed < kills; ) {
    const out = folders.at(-1)!;
    // Checkpoints after every step, or after epochs alone.
    const minutes = draw() < 0.5 ? '0' : '60';
    const { child, ended } = start([...args(out), '--checkpoint-minutes', minutes]);
    const before = written(out);
    // Most kills wait for a random number of steps' records, then for part of a step; some fall into the start.
    const starting = draw() < 0.2;
    const bytes = starting ? 0 : 60 * (1 + Math.floor(draw() * 12));
    const delay = draw() * (starting ? 1000 : 10);
    let over = false;
    ended.then(() => {
      over = true;
    });
    while (!over && Math.abs(written(out) - before) < bytes) await sleep(1);
    await sleep(delay);
    child.kill('SIGKILL');
    const { signal, code, stderr } = await ended;
    if (signal === 'SIGKILL') landed++;
    else {
      expect(code, stderr).toBe(0);
      folders.push(emptyFolder('killed'));
    }
  }
  const { code, stderr } = await iterand(args(folders.at(-1)!));
  expect(code, stderr).toBe(0);
  return folders;
}

test('killed at 20 random moments, finished runs have the bytes of an uninterrupted one', {
  timeout: 300_000,
}, async () => {
  const whole = emptyFolder('whole');
  const chains = await Promise.all([
    killedRuns(0, 10),
    killedRuns(1, 10),
    iterand(args(whole)).then(() => []),
  ]);
  for (const out of chains.flat())
    for (const file of files) {
      const [a, b] = [whole, out].map((root) => readFileSync(join(root, name, file)));
      expect(a!.equals(b!), `${out} ${file}`).toBe(true);
    }
  expect(readFileSync(stepsOf(whole), 'utf8').split('\n')).toHaveLength(20 * 7 + 1);
});
