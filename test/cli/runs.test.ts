import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPaths } from '../../src/runs/paths.js';
import { writeJson } from '../../src/runs/sealed-json.js';
import { resolveTrainSpec, TRAIN_SPEC, trainRunName } from '../../src/train/spec/spec.js';
import { temporaryFolder } from '../train/data/temporary.js';
import { captured } from './captured.js';

const root = join(temporaryFolder(), 'runs');
const spec = resolveTrainSpec({ network: 'conv2', method: 'sgd', data: 'mnist' });
const plan = (seed: number) => {
  const paths = runPaths(root, trainRunName(spec, seed));
  writeJson(paths.spec, { ...TRAIN_SPEC, seed, spec });
  return paths;
};

test('iterand runs: a damaged file of one run hides no other; it is listed with the reason, exit code 1', async () => {
  const sound = plan(1);
  expect(await captured(['runs', '--out', root])).toMatchObject({ code: 0, stderr: '' });
  const damages = (['spec', 'state', 'result'] as const).flatMap((file, i) =>
    ['{"version":', 'null', '{}'].map((text, j) => {
      const paths = plan(2 + 3 * i + j);
      writeFileSync(paths[file], text);
      return { name: paths.name, path: paths[file] };
    }),
  );
  const { code, stdout } = await captured(['runs', '--out', root, '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({ name: sound.name, state: 'planned' }),
    ...damages.map(({ name, path }) => ({ name, state: 'damaged', reason: expect.stringContaining(path) })),
  ]);
  const table = await captured(['runs', '--out', root]);
  expect(table.code).toBe(1);
  expect(table.stdout).toMatch(new RegExp(`${sound.name} +planned`));
  expect(table.stdout).toMatch(new RegExp(`${damages[0]!.name} +damaged`));
  expect(table.stdout).toContain(`${damages[0]!.name}: ${damages[0]!.path}: is damaged`);
});
