import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ConvDeviation } from '../../src/train/engines/onnx/self-check.js';
import { writeImages } from '../images.js';
import { command, emptyFolder, iterand, start } from './cli.js';

const root = resolve(import.meta.dirname, '../..');
const fixtures = resolve(root, 'test/fixtures');

/** What a script prints as JSON, in a process of its own; undefined where this machine starts no WebGPU device. */
function onDevice<T>(script: string): T | undefined {
  const path = resolve(root, 'test/support', script);
  const done = spawnSync(process.execPath, [command[1], command[2], path], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (done.stdout) return JSON.parse(done.stdout) as T;
  if (process.env.ITERAND_REQUIRE_WEBGPU)
    throw new Error(`WebGPU is required here, and it did not start:\n${done.stderr}`);
  console.warn('webgpu tests skipped: this machine starts no WebGPU device');
  return undefined;
}

const shapes = onDevice<readonly ConvDeviation[]>('webgpu-shapes.ts');

describe.skipIf(shapes === undefined)('WebGPU', () => {
  test('270 shapes of convolutions agree with the CPU', () => {
    expect(shapes).toHaveLength(270);
    expect(shapes!.filter(({ deviation }) => !(deviation <= 1e-5))).toEqual([]);
  });

  for (const file of readdirSync(fixtures).filter(
    (f) => f.endsWith('.safetensors') && !f.startsWith('augment'),
  ))
    test(`replays ${file}`, { timeout: 600_000 }, async () => {
      const { code, stdout, stderr } = await iterand([
        'vectors',
        resolve(fixtures, file),
        '--provider',
        'webgpu',
      ]);
      expect(stderr).not.toMatch(/^iterand:/m);
      expect(stdout).toMatch(/agrees: all \d+ quantities/);
      expect(code).toBe(0);
    });

  test('thresholds on the device are the host’s, and a step that is not finite leaves the state as it was', () => {
    expect(onDevice('webgpu-resident.ts')).toEqual({
      thresholds: [],
      // One step before that one and one after it.
      overflow: { reason: 'the scores of conv1 are not finite after it', kept: true, finite: true, steps: 2 },
    });
  });

  test('steps taken together, whose losses are read at their end, are those one by one, to the bit', () => {
    expect(onDevice('webgpu-late.ts')).toEqual({
      differing: [],
      failure: { step: 2, reason: 'the scores of first are not finite after it', finiteNorms: true },
      kept: true,
      close: true,
      // Four steps whose thresholds were not found, and the same with thresholds that were waited for.
      tries: 8,
      missing: {
        refused: expect.stringContaining("a step without noise: the rule 'supermask' draws its masks"),
        kept: true,
        same: true,
      },
    });
  });

  test('a run that is killed and resumed ends as one that is not', { timeout: 600_000 }, async () => {
    const images = emptyFolder('webgpu-images');
    await writeImages(images);
    const args = (out: string) => [
      ...['train', '--network', 'conv2', '--width', '0.0625', '--method', 'iterand', '--provider', 'webgpu'],
      ...['--data', `folder:${images}`, '--image-size', '8', '--epochs', '12', '--batch', '10'],
      ...['--period', '4', '--rate', '0.5', '--warmup', '0', '--final-epochs', '0'],
      ...['--checkpoint-minutes', '0', '--out', out],
    ];
    const [whole, killed] = [emptyFolder('webgpu-whole'), emptyFolder('webgpu-killed')];
    expect((await iterand(args(whole))).code).toBe(0);
    const spec = readdirSync(whole, { recursive: true, encoding: 'utf8' }).find((f) =>
      f.endsWith('spec.json'),
    )!;
    const name = dirname(spec);
    const steps = join(killed, name, 'steps.jsonl');
    const taken = () => (existsSync(steps) ? readFileSync(steps, 'utf8').split('\n').length - 1 : 0);
    // Of 48 steps; randomizations come before every fourth.
    for (const least of [5, 22]) {
      const { child, ended } = start(args(killed));
      while (taken() < least && child.exitCode === null) await sleep(2);
      child.kill('SIGKILL');
      expect((await ended).signal).toBe('SIGKILL');
    }
    const { code, stderr } = await iterand(args(killed));
    expect(code, stderr).toBe(0);
    for (const file of ['steps.jsonl', 'epochs.jsonl', 'last.safetensors', 'best.safetensors', 'result.json'])
      expect(readFileSync(join(killed, name, file)), file).toEqual(readFileSync(join(whole, name, file)));
  });
});
