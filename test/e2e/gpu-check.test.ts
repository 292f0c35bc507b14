import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../bench/gpu/report.js';
import { hasTfjs } from '../support/tfjs.js';
import { command, emptyFolder } from './cli.js';

const root = resolve(import.meta.dirname, '../..');

function check(args: readonly string[], cwd: string) {
  const program = [command[1], command[2], resolve(root, 'bench/gpu/main.ts')];
  return spawnSync(process.execPath, [...program, ...args], { cwd, encoding: 'utf8', timeout: 600_000 });
}

const there = new Set<string>();
for (const backend of ['wasm', 'webgpu'] as const) if (await hasTfjs(backend)) there.add(backend);

const small = [
  ...['--networks', 'conv6:0.0625', '--batches', '2', '--steps', '3', '--no-peer', '--device', 'Test 1'],
  ...['--vectors', resolve(root, 'test/fixtures/conv8-grey-x0.0625-score.safetensors')],
  // The whole of them is for the engines' own tests.
  ...['--laws', 'conv 3x3'],
];

const tfjs = (['wasm', 'webgpu'] as const).filter((backend) => there.has(backend));

test.each(['cpu', 'webgpu', ...tfjs.map((backend) => `tfjs-${backend}`)])(
  'gpu:check tries %s, holds it against references and the CPU, measures and saves',
  { timeout: 600_000 },
  (name) => {
    const cwd = emptyFolder('gpu-check');
    const { status, stdout, stderr } = check([...small, '--paths', name], cwd);
    expect(stderr).not.toMatch(/^gpu:check:/m);
    const report = JSON.parse(readFileSync(join(cwd, 'reports/gpu/test-1.json'), 'utf8')) as Report;
    expect(stdout).toContain(readFileSync(join(cwd, 'reports/gpu/test-1.md'), 'utf8'));
    if (report.started[0]!.why !== undefined) {
      expect(name, report.started[0]!.why).toMatch(/webgpu$/);
      expect(process.env.ITERAND_REQUIRE_WEBGPU, report.started[0]!.why).toBeUndefined();
      console.warn(`gpu:check on ${name} not tested: this machine starts no WebGPU device`);
      return;
    }
    expect(report.replayed.map(({ agrees }) => agrees)).toEqual([true]);
    expect(report.lawful).toEqual([{ path: name, only: 'conv 3x3', held: 3, broken: [] }]);
    const [compared] = report.compared;
    expect(compared!.deviation).toBeLessThanOrEqual(name === 'cpu' ? 0 : compared!.tolerance);
    expect(report.speeds).toHaveLength(1);
    const { why, steps, loss, slowest, imagesPerSecond, fastest, peakBytes } = report.speeds[0]!;
    expect([why, steps]).toEqual([undefined, 3]);
    // Ten classes: a loss of nats around log 10.
    expect(loss).toBeGreaterThan(0.1);
    expect(loss).toBeLessThan(50);
    expect(slowest).toBeGreaterThan(0);
    expect(imagesPerSecond).toBeGreaterThanOrEqual(slowest);
    expect(fastest).toBeGreaterThanOrEqual(imagesPerSecond);
    expect(peakBytes).toBeGreaterThan(5e7);
    expect(status).toBe(0);
    // The profile is onnxruntime's.
    expect(report.profiles).toHaveLength(name.startsWith('tfjs') ? 0 : 1);
    if (name.startsWith('tfjs')) return;
    const { count, onCpu, top } = report.profiles[0]!;
    expect(count).toBeGreaterThan(100);
    // No node of a step leaves a GPU.
    expect(onCpu).toBe(name === 'cpu' ? count : 0);
    expect(top).toHaveLength(10);
  },
);

test('gpu:check does not measure again what it has, nor write over a report of other settings', {
  timeout: 300_000,
}, () => {
  const cwd = emptyFolder('gpu-check-again');
  const path = join(cwd, 'reports/gpu/test-1.json');
  expect(check([...small, '--paths', 'dml'], cwd).status).toBe(1);
  const begun = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const sized = { path: 'cpu', network: 'conv6', width: 0.0625 } as const;
  const done: Report = {
    ...begun,
    replayed: [{ path: 'cpu', file: 'conv8-grey-x0.0625-score', agrees: true, worst: 'none' }],
    lawful: [{ path: 'cpu', only: 'conv 3x3', held: 1, broken: [] }],
    compared: [{ ...sized, deviation: 0, tolerance: 1 }],
    profiles: [{ ...sized, batch: 2, count: 1, onCpu: 1, top: [] }],
  };
  writeFileSync(path, JSON.stringify(done));
  const again = check([...small, '--paths', 'cpu'], cwd);
  expect(again.stderr).toMatch(/^1 of 1: cpu: conv6 x0.0625, batch 2$/m);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Report;
  expect(kept).toMatchObject({
    replayed: done.replayed,
    lawful: done.lawful,
    compared: done.compared,
    profiles: done.profiles,
  });
  expect(kept.speeds.map(({ steps }) => steps)).toEqual([3]);
  // A report of before the laws were held is gone on from, and laws that gave no answer are held again.
  const { lawful: _, ...older } = kept;
  writeFileSync(path, JSON.stringify(older));
  const goneOn = check([...small, '--paths', 'cpu'], cwd);
  expect(goneOn.stderr).toMatch(/^1 of 1: cpu: laws$/m);
  const slow: Report = {
    ...kept,
    lawful: [{ path: 'cpu', only: 'conv 3x3', held: 1, broken: [], why: 'no answer in 900 s' }],
  };
  writeFileSync(path, JSON.stringify(slow));
  const retried = check([...small, '--paths', 'cpu'], cwd);
  expect(retried.stderr).toMatch(/^1 of 1: cpu: laws$/m);
  expect([goneOn.status, retried.status]).toEqual([0, 0]);
  const { lawful } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  expect(lawful).toEqual([{ path: 'cpu', only: 'conv 3x3', held: 3, broken: [] }]);
  // Other laws are held, and one that is broken ends it with 1.
  const broken = check([...small, '--paths', 'cpu', '--laws', 'no such'], cwd);
  expect(broken.stderr).toMatch(/^1 of 1: cpu: laws$/m);
  expect(broken.stdout).toContain(
    "| cpu | 1 BROKEN, 0 hold of those named 'no such' | no law's name holds 'no such' |",
  );
  expect([again.status, broken.status]).toEqual([0, 1]);
  const before = readFileSync(path, 'utf8');
  const other = check([...small, '--paths', 'cpu', '--steps', '4'], cwd);
  expect(other.status).toBe(2);
  expect(other.stderr).toMatch(/gpu:check: .*test-1.json: holds measurements of another/);
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('gpu:check does not go on from a file that is no report of its own', { timeout: 120_000 }, () => {
  const cwd = emptyFolder('gpu-check-damaged');
  mkdirSync(join(cwd, 'reports/gpu'), { recursive: true });
  const path = join(cwd, 'reports/gpu/test-1.json');
  for (const text of ['{"device":', 'null', '{"speeds":3}']) {
    writeFileSync(path, text);
    const { status, stderr } = check([...small, '--paths', 'cpu'], cwd);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^gpu:check: .*test-1.json: is no report of gpu:check; remove it, or pass --again/m,
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
});

test('gpu:check ends with 2 for a bad option or file, and leaves nothing behind', {
  timeout: 120_000,
}, () => {
  const cwd = emptyFolder('gpu-check-bad');
  for (const args of [['--steps', '0'], ['--vectors', 'missing.safetensors'], ['--unknown']]) {
    const { status, stderr, stdout } = check([...args, '--paths', 'cpu'], cwd);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^gpu:check: [^\n]*\n$/);
  }
  expect(existsSync(join(cwd, 'reports'))).toBe(false);
});

test('gpu:check without a path that starts ends with 1 and says why', { timeout: 120_000 }, () => {
  const cwd = emptyFolder('gpu-check-none');
  const { status, stdout } = check([...small, '--paths', 'dml'], cwd);
  expect(status).toBe(1);
  expect(stdout).toMatch(/\| dml \| does not start: provider 'dml'/);
});
