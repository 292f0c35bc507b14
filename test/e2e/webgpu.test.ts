import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConvDeviation } from '../../src/train/engines/onnx/self-check.js';
import { command, iterand } from './cli.js';

const root = resolve(import.meta.dirname, '../..');
const fixtures = resolve(root, 'test/fixtures');

/** The shapes in a process of their own; undefined where this machine starts no WebGPU device. */
function webgpuShapes(): readonly ConvDeviation[] | undefined {
  const script = resolve(root, 'test/support/webgpu-shapes.ts');
  const done = spawnSync(process.execPath, [command[1], command[2], script], {
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (done.stdout) return JSON.parse(done.stdout) as ConvDeviation[];
  if (process.env.ITERAND_REQUIRE_WEBGPU)
    throw new Error(`WebGPU is required here, and it did not start:\n${done.stderr}`);
  console.warn('webgpu tests skipped: this machine starts no WebGPU device');
  return undefined;
}

const shapes = webgpuShapes();

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
});
