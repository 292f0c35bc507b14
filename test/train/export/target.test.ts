import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeSafetensors } from '../../../src/core/safetensors.js';
import { forwardTarget, rescaleTarget } from '../../../src/theory/problem/target.js';
import { decodeTarget } from '../../../src/theory/problem/target-file.js';
import { exportRun } from '../../../src/train/export/run.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { openRun } from '../../../src/train/run/open.js';
import { withRun } from '../../../src/train/run/score.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { temporaryFolder } from '../data/temporary.js';

const folder = temporaryFolder();
const machine = { threads: 1, workers: 1 };
const file = join(folder, 'f.safetensors');

async function trained(settings: object): Promise<string> {
  const spec = resolveTrainSpec({
    network: 'lenet-300-100',
    width: 0.1,
    data: 'mnist',
    method: 'sgd',
    pixels: 'unit',
    epochs: 1,
    ...settings,
  });
  const outcome = await trainRun(spec, 1, { root: folder, ...machine });
  return outcome.paths.name;
}

test.each([{ biases: 'none' }, { method: 'edge-popup' }, { method: 'iterand', period: 5 }])(
  'a network trained with %o is a target whose float64 forward pass gives the logits of the engine',
  async (settings) => {
    const run = openRun(folder, await trained(settings));
    await exportRun(run, 'last', { target: file }, machine);
    const target = decodeTarget(readFileSync(file), file);
    expect(target.widths).toEqual([784, 30, 10, 10]);
    const { target: unit, scale } = rescaleTarget(target);
    await withRun(run, 'last', machine, async ({ engine, pipeline }) => {
      let seen = 0;
      for await (const { images, labels, count } of pipeline.evaluate({ split: 'test', batch: 500 })) {
        const { logits } = await engine.evaluate(images, labels, count);
        const inputs = Float64Array.from(images.subarray(0, count * 784));
        const exact = forwardTarget(target, inputs);
        const rescaled = forwardTarget(unit, inputs);
        const size = Math.max(...exact.map(Math.abs));
        for (const [i, value] of exact.entries()) {
          expect(Math.abs(logits[i]! - value)).toBeLessThan(1e-5 * size);
          expect(Math.abs(scale * rescaled[i]! - value)).toBeLessThan(1e-12 * size);
        }
        seen += count;
      }
      expect(seen).toBe(2000);
    });
  },
);

test('the file holds the matrices alone and says whose they are', async () => {
  const name = await trained({ biases: 'none' });
  await exportRun(openRun(folder, name), 'last', { target: file }, machine);
  const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
  expect([...tensors].map(([label, { shape }]) => `${label} ${shape}`)).toEqual([
    'F_1 30,784',
    'F_2 10,30',
    'F_3 10,10',
  ]);
  expect(metadata).toMatchObject({ network: 'lenet-300-100', run: name });
});

test('what is no target is refused by name, and nothing is written', async () => {
  const target = join(folder, 'none.safetensors');
  const net = new NetworkBuilder('bent', [1, 28, 28]);
  net.conv('conv', 1, { kernel: 28 });
  net.flatten('flat');
  net.dense('head', 10, { bias: false });
  for (const [settings, words] of [
    [{}, 'a target of the theory has no biases; train it with --biases none'],
    [{ biases: 'none', pixels: 'normalised' }, 'train it with --pixels unit'],
    [{ network: net.build(), width: 1 }, 'is fully connected layers with ReLU between them'],
  ] as const) {
    const run = openRun(folder, await trained(settings));
    await expect(exportRun(run, 'last', { target }, machine)).rejects.toThrow(words);
  }
  expect(existsSync(target)).toBe(false);
});
