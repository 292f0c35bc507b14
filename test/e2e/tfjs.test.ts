import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { flagWords } from '../../src/core/shell.js';
import { resolveTrainSpec, trainRunName } from '../../src/train/spec/spec.js';
import { writeImages } from '../images.js';
import { hasTfjs } from '../support/tfjs.js';
import { command, emptyFolder, iterand, start } from './cli.js';

const root = resolve(import.meta.dirname, '../..');
const fixtures = resolve(root, 'test/fixtures');
const files = readdirSync(fixtures).filter((f) => f.endsWith('.safetensors') && !f.startsWith('augment'));

const images = emptyFolder('images');
beforeAll(() => writeImages(images));
const settings = {
  network: 'resnet18',
  width: 0.02,
  method: 'iterand',
  data: `folder:${images}`,
  imageSize: 8,
  epochs: 6,
  batch: 6,
  period: 4,
  rate: 0.5,
  evaluationBatch: 5,
  learningRate: 0.05,
  warmup: 0,
  finalEpochs: 0,
  engine: 'tfjs',
  backend: 'wasm',
};

/** A run to its end, and one that is killed once its steps' records have each of these sizes; their files must be the same bytes. */
async function killedAndWhole(settings: Readonly<Record<string, unknown>>, sizes: readonly number[]) {
  const name = trainRunName(resolveTrainSpec(settings), 5);
  const [whole, killed] = [emptyFolder('whole'), emptyFolder('killed')];
  const args = (out: string) => [
    'train',
    ...Object.entries(settings).flatMap(([key, value]) => flagWords(key, value as string | number)),
    ...['--seed', '5', '--workers', '1', '--checkpoint-minutes', '0', '--out', out],
  ];
  const steps = join(killed, name, 'steps.jsonl');
  const size = () => (existsSync(steps) ? statSync(steps).size : 0);
  const first = iterand(args(whole));
  for (const bytes of sizes) {
    const { child, ended } = start(args(killed));
    while (size() < bytes && child.exitCode === null) await sleep(1);
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
  }
  const resumed = await iterand(args(killed));
  expect(resumed.code, resumed.stderr).toBe(0);
  expect((await first).code).toBe(0);
  for (const file of ['spec.json', 'steps.jsonl', 'epochs.jsonl', 'last.safetensors', 'result.json']) {
    const [a, b] = [whole, killed].map((out) => readFileSync(join(out, name, file)));
    expect(a!.equals(b!), file).toBe(true);
  }
  return { whole, name };
}

describe.skipIf(!(await hasTfjs('wasm')))('tfjs on wasm', () => {
  for (const file of files)
    test(`replays ${file}`, { timeout: 600_000 }, async () => {
      const args = ['vectors', resolve(fixtures, file), '--engine', 'tfjs', '--backend', 'wasm'];
      const { code, stdout, stderr } = await iterand(args);
      expect(stderr).not.toMatch(/^iterand:/m);
      expect(stdout).toMatch(/agrees: all \d+ quantities/);
      expect(code).toBe(0);
    });

  test('a run names its backend, has the bytes of an uninterrupted one after kill -9, and is evaluated', async () => {
    const { whole, name } = await killedAndWhole(settings, [600, 1500]);
    expect(JSON.parse(readFileSync(join(whole, name, 'spec.json'), 'utf8')).spec).toMatchObject({
      engine: 'tfjs',
      backend: 'wasm',
    });
    const { test: score } = JSON.parse(readFileSync(join(whole, name, 'result.json'), 'utf8'));
    const evaluated = await iterand(['evaluate', join(whole, name), '--json']);
    expect(JSON.parse(evaluated.stdout)).toMatchObject(score);
    const elsewhere = await iterand(['evaluate', join(whole, name), '--json', '--engine', 'onnx']);
    expect(JSON.parse(elsewhere.stdout)).toMatchObject({ ...score, loss: expect.closeTo(score.loss, 4) });
  });

  test('a sweep runs it', async () => {
    const out = emptyFolder('sweep');
    const file = join(out, 'grid.json');
    const base = { ...settings, epochs: 1 };
    writeFileSync(file, JSON.stringify({ name: 'tfjs', job: 'train', base, seeds: [1] }));
    const { code, stderr } = await iterand(['sweep', file, '--out', out]);
    expect(code, stderr).toBe(0);
    expect(existsSync(join(out, trainRunName(resolveTrainSpec(base), 1), 'result.json'))).toBe(true);
  });
});

/** What test/support/webgpu-tfjs.ts prints; undefined where this machine starts no WebGPU device. */
async function onWebgpu(): Promise<Record<string, unknown> | undefined> {
  if (!(await hasTfjs('webgpu'))) return undefined;
  const script = resolve(root, 'test/support/webgpu-tfjs.ts');
  const done = spawnSync(process.execPath, [command[1], command[2], script], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (done.status === 0) return JSON.parse(done.stdout) as Record<string, unknown>;
  if (process.env.ITERAND_REQUIRE_WEBGPU) throw new Error(`WebGPU is required here:\n${done.stderr}`);
  console.warn('tests of tfjs webgpu skipped: this machine starts no WebGPU device');
  return undefined;
}

const found = await onWebgpu();

describe.skipIf(found === undefined)('tfjs on WebGPU', () => {
  test('selects the thresholds of the host, to the bit', () => {
    expect(found).toMatchObject({ wrongThresholds: 0 });
  });

  test('takes several steps at once as one by one; a failed chunk leaves nothing behind', () => {
    expect(found!.together).toEqual(found!.losses);
    expect(found).toMatchObject({ failure: 'NonFiniteLossError', untouched: true, left: 0 });
    expect(found!.overflow).toMatch(/the scores of second are not finite/);
  });

  test('a run killed between steps taken at once has the bytes of an uninterrupted one', {
    timeout: 300_000,
  }, async () => {
    // Chunks of eight steps end with an epoch of seven, a randomization, or where the killed run was resumed.
    await killedAndWhole({ ...settings, network: 'conv2', epochs: 3, period: 5, backend: 'webgpu' }, [300]);
  });

  for (const file of files)
    test(`replays ${file}`, { timeout: 600_000 }, async () => {
      const args = ['vectors', resolve(fixtures, file), '--engine', 'tfjs', '--backend', 'webgpu'];
      const { code, stdout, stderr } = await iterand(args);
      expect(stderr).not.toMatch(/^iterand:/m);
      expect(stdout).toMatch(/agrees: all \d+ quantities/);
      expect(code).toBe(0);
    });
});
