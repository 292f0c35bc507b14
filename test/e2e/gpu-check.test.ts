import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../bench/gpu/report.js';
import { command, emptyFolder } from './cli.js';

const root = resolve(import.meta.dirname, '../..');

function check(args: readonly string[], cwd: string) {
  const program = [command[1], command[2], resolve(root, 'bench/gpu/main.ts')];
  return spawnSync(process.execPath, [...program, ...args], { cwd, encoding: 'utf8', timeout: 600_000 });
}

const small = [
  ...['--networks', 'conv6:0.0625', '--batches', '2', '--steps', '3', '--no-peer', '--device', 'Test 1'],
  ...['--vectors', resolve(root, 'test/fixtures/conv8-grey-x0.0625-score.safetensors')],
];

test('gpu:check tries, holds against references and the CPU, measures and saves', {
  timeout: 900_000,
}, () => {
  const cwd = emptyFolder('gpu-check');
  // CUDA never starts here, and the report says so.
  const first = check([...small, '--paths', 'cpu,webgpu,cuda'], cwd);
  expect(first.stderr).not.toMatch(/^gpu:check:/m);
  const path = join(cwd, 'reports/gpu/test-1.json');
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  const page = readFileSync(join(cwd, 'reports/gpu/test-1.md'), 'utf8');
  expect(first.stdout).toContain(page);
  const states = new Map(report.started.map(({ path, why }) => [path, why]));
  expect(states.get('cpu')).toBeUndefined();
  expect(page).toMatch(/\| cuda \| does not start: /);
  const working = ['cpu', 'webgpu', 'cuda'].filter((name) => states.get(name) === undefined);
  if (process.env.ITERAND_REQUIRE_WEBGPU) expect(working).toContain('webgpu');
  expect(report.replayed.map(({ path, agrees }) => [path, agrees])).toEqual(
    working.map((name) => [name, true]),
  );
  expect(report.compared.map(({ path }) => path)).toEqual(working);
  for (const { deviation, tolerance } of report.compared) expect(deviation).toBeLessThanOrEqual(tolerance);
  expect(report.speeds.map(({ path, why }) => [path, why])).toEqual(working.map((name) => [name, undefined]));
  for (const { steps, loss, slowest, imagesPerSecond, fastest, peakBytes } of report.speeds) {
    expect(steps).toBe(3);
    // Ten classes: a loss of nats around log 10.
    expect(loss).toBeGreaterThan(0.1);
    expect(loss).toBeLessThan(50);
    expect(slowest).toBeGreaterThan(0);
    expect(imagesPerSecond).toBeGreaterThanOrEqual(slowest);
    expect(fastest).toBeGreaterThanOrEqual(imagesPerSecond);
    expect(peakBytes).toBeGreaterThan(5e7);
  }
  for (const { count, onCpu, top, path } of report.profiles) {
    expect(count).toBeGreaterThan(100);
    expect(path === 'cpu' ? count - onCpu : onCpu).toBeLessThan(5);
    expect(top).toHaveLength(10);
  }
  expect(report.profiles).toHaveLength(working.length);
  expect(first.status).toBe(0);

  // What was measured is not measured again; a report of other settings is not written over.
  writeFileSync(path, JSON.stringify({ ...report, profiles: report.profiles.slice(1) }));
  const again = check([...small, '--paths', 'cpu'], cwd);
  expect(again.stderr).toMatch(/^1 of 1: cpu: profile of conv6 x0.0625, batch 2$/m);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as Report;
  expect(kept.speeds).toEqual(report.speeds);
  const before = readFileSync(path, 'utf8');
  const other = check([...small, '--paths', 'cpu', '--steps', '4'], cwd);
  expect(other.status).toBe(2);
  expect(other.stderr).toMatch(/gpu:check: .*test-1.json: holds measurements of another/);
  expect(readFileSync(path, 'utf8')).toBe(before);
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
