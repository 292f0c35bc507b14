import { expect, test } from 'vitest';
import { PATHS } from '../../src/train/engines/doctor/examine.js';
import { iterand } from './cli.js';

test('the doctor finds the CPU working, says of every other way what it needs, and ends with 0', {
  timeout: 600_000,
}, async () => {
  const [{ code, stdout, stderr }, json] = await Promise.all([
    iterand(['doctor']),
    iterand(['doctor', '--json']),
  ]);
  expect([code, json.code, json.stderr]).toEqual([0, 0, '']);
  expect(stderr).not.toMatch(/^iterand:/m);
  expect(stdout).toMatch(/^iterand \S+, Node \S+, /);
  expect(stdout).toMatch(/^works {3}onnx cpu/m);
  const { machine, paths } = JSON.parse(json.stdout);
  expect(machine).toMatchObject({ node: process.versions.node });
  expect(paths.map((p: { engine: string; hardware: string }) => `${p.engine} ${p.hardware}`)).toEqual(
    PATHS.map(({ engine, hardware }) => `${engine} ${hardware}`),
  );
  // No platform has both.
  const elsewhere = paths.filter((p: { hardware: string }) => /^(coreml|dml)$/.test(p.hardware));
  expect(elsewhere.map((p: { state: string }) => p.state)).toContain('missing');
  for (const { engine, hardware, state, why, fix, deviation, ...rest } of paths) {
    expect(stdout).toContain(`${state.padEnd(8)}${engine} ${hardware}`);
    if (state === 'works') expect(rest.package).toMatch(/ \d+\.\d+/);
    else
      expect([why, state === 'missing' ? fix : 'x'], hardware).toEqual([
        expect.any(String),
        expect.any(String),
      ]);
    if (state === 'works') expect(deviation).toBeLessThan(0.02);
  }
});
