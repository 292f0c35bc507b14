import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBytes } from '../../../src/core/files.js';
import { decodeSafetensors } from '../../../src/core/safetensors.js';
import { keptAtCheckpoint } from '../../../src/sweep/compare/kept.js';
import { readFinished } from '../../../src/sweep/compare/run.js';
import { exportRun } from '../../../src/train/export/run.js';
import { readRun } from '../../../src/train/run/open.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { temporaryFolder } from '../../train/data/temporary.js';

const small = { network: '1024-8-10', data: 'mnist', imageSize: 32, epochs: 1, batch: 500 };

test.each([
  { rule: 'supermask' },
  { rule: 'supermask', settle: 'mean' },
  // Every second gate or so is shut at once.
  { rule: 'gates', penalty: 1, learningRate: 10 },
])('what %o keeps at its checkpoint are the weights that are not 0', async (settings) => {
  const root = temporaryFolder();
  const { paths } = await trainRun(resolveTrainSpec({ ...small, ...settings }), 1, { root, threads: 1 });
  const run = readRun(paths);
  const safetensors = join(root, 'network.safetensors');
  await exportRun(run, 'last', { safetensors }, { threads: 1 });
  const used = [...decodeSafetensors(readBytes(safetensors), safetensors).tensors]
    .filter(([name]) => name.endsWith('.weight'))
    .reduce((sum, [, { data }]) => sum + (data as Float32Array).filter((w) => w !== 0).length, 0);
  expect(keptAtCheckpoint(run)).toBe(used);
  expect(readFinished(run)!.size!.kept).toBe(used);
});

test('a sparsity fixes what is kept, so no checkpoint is read', () => {
  const spec = resolveTrainSpec({ ...small, rule: 'biprop' });
  expect(keptAtCheckpoint({ spec, paths: { last: 'package.json' } as never })).toBeUndefined();
});
