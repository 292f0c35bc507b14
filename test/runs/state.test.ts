import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPaths } from '../../src/runs/paths.js';
import { writeJson } from '../../src/runs/sealed-json.js';
import { findRun } from '../../src/runs/state.js';

const root = mkdtempSync(join(tmpdir(), 'iterand-state-'));
const plan = (name: string) => writeJson(runPaths(root, name).spec, {});
for (const seed of [1, 10, 11]) plan(`conv6-iterand-cifar10-0123456789/seed-${seed}`);
for (let seed = 0; seed < 12; seed++) plan(`conv2-sgd-mnist-0123456789/seed-${seed}`);

test('a run is found by its whole name though others start so, by a start that is its alone, and by its folder', () => {
  const name = 'conv6-iterand-cifar10-0123456789/seed-1';
  for (const given of [name, `${name}/`, `./${name}`]) expect(findRun(root, given).name).toBe(name);
  expect(findRun(root, `${name}1`).name).toBe(`${name}1`);
  expect(findRun(join(root, 'elsewhere'), join(root, name)).folder).toBe(join(root, name));
});

test('a start of several names is refused with the names', () => {
  const three = 'conv6-iterand-cifar10-0123456789/seed-';
  expect(() => findRun(root, 'conv6')).toThrow(
    `run 'conv6': 3 runs have names that start so (${three}1, ${three}10, ${three}11); give the whole name of one.`,
  );
  expect(() => findRun(root, 'conv2')).toThrow(/seed-9 and 2 more\)/);
  expect(() => findRun(root, `${three}2`)).toThrow(`did you mean '${three}1'`);
});
