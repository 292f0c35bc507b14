import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBytes } from '../../../src/core/files.js';
import { decodeSafetensors } from '../../../src/core/safetensors.js';
import { efficiencyTable } from '../../../src/report/compare/efficiency.js';
import { compare } from '../../../src/sweep/compare/compare.js';
import { readFinished } from '../../../src/sweep/compare/run.js';
import { networkSize } from '../../../src/sweep/compare/size.js';
import { exportRun } from '../../../src/train/export/run.js';
import { openRun } from '../../../src/train/run/open.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../../train/data/temporary.js';

const machine = { threads: 1, workers: 1 };

test('of masks that are drawn, as many weights are used as the network has that are not 0', async () => {
  const images = join(temporaryFolder(), 'images');
  await writeImages(images);
  const root = join(temporaryFolder(), 'runs');
  const spec = resolveTrainSpec({
    ...{ network: 'conv2', width: 0.1, data: `folder:${images}`, imageSize: 8, rule: 'supermask' },
    ...{ epochs: 1, warmup: 0, finalEpochs: 0, batch: 10 },
  });
  const { paths } = await trainRun(spec, 1, { root, ...machine });
  const run = openRun(root, paths.name);
  const cells = () => efficiencyTable(compare([readFinished(run)!])).rows[0]!.map((cell) => cell.markup);
  // The checkpoint tells as much as the ticket does.
  const atCheckpoint = networkSize(run)!.kept;
  const safetensors = join(root, 'network.safetensors');
  await exportRun(run, 'last', { ticket: paths.ticket, safetensors }, machine);
  const { tensors } = decodeSafetensors(readBytes(safetensors), safetensors);
  let [weights, used] = [0, 0];
  for (const [name, { data }] of tensors)
    if (name.endsWith('.weight')) {
      weights += data.length;
      used += (data as Float32Array).filter((value) => value !== 0).length;
    }
  expect(used).toBeLessThan(weights);
  expect(networkSize(run)).toMatchObject({ weights, kept: used });
  expect(atCheckpoint).toBe(used);
  expect(cells()[3]).toBe(used.toLocaleString('en'));
  // Without either nothing tells.
  rmSync(paths.ticket);
  rmSync(paths.last);
  expect(networkSize(run)).toBeUndefined();
});

test('a layer without biases has none among its parameters', () => {
  const sizeOf = (biases: string) => {
    const spec = resolveTrainSpec({ network: '784-5-10', method: 'sgd', data: 'mnist', biases });
    return networkSize({ spec, paths: { ticket: 'none' } } as never)!;
  };
  const [trained, none] = [sizeOf('trained'), sizeOf('none')];
  expect(none.parameters).toBe(none.weights);
  expect(trained.parameters).toBe(trained.weights + 5 + 10);
});
