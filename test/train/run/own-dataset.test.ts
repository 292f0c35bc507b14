import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pixelDataset } from '../../../src/train/data/pixels.js';
import { exportRun } from '../../../src/train/export/run.js';
import { NetworkBuilder } from '../../../src/train/networks/builder.js';
import { openRun } from '../../../src/train/run/open.js';
import type { RunOptions } from '../../../src/train/run/outcome.js';
import { scoreRun } from '../../../src/train/run/score.js';
import { trainRun } from '../../../src/train/run/train.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { scoreTicket } from '../../../src/train/ticket/score.js';
import { temporaryFolder } from '../data/temporary.js';

const net = new NetworkBuilder('tiny', [1, 8, 8]);
net.conv('conv', 4, { kernel: 3 });
net.batchNorm('norm');
net.avgPool('pool');
net.dense('head', 2);
const network = net.build();

const images = (first: number) =>
  pixelDataset({
    name: 'stripes',
    classes: ['flat', 'striped'],
    channels: 1,
    size: 8,
    pixels: Uint8Array.from({ length: 60 * 64 }, (_, p) =>
      p === 0 ? first : (p >> 6) % 2 ? 200 * (p % 2) : 100,
    ),
    labels: Array.from({ length: 60 }, (_, i) => i % 2),
  });
const dataset = images(100);
const spec = resolveTrainSpec({
  network,
  method: 'iterand',
  data: 'stripes',
  epochs: 3,
  batch: 16,
  period: 2,
});
const options = (root: string): RunOptions => ({ root, dataset, threads: 1, workers: 1 });

test('a run on a network and images of one’s own is stopped, resumed to the same bytes, scored and exported', async () => {
  const [whole, parts] = [temporaryFolder(), temporaryFolder()];
  const straight = await trainRun(spec, 1, options(whole));
  if (straight.state !== 'finished') throw new Error('not finished');
  let steps = 0;
  const stopped = await trainRun(spec, 1, {
    ...options(parts),
    callbacks: [{ between: () => ++steps === 4 }],
  });
  expect(stopped.state).toBe('stopped');
  const name = stopped.paths.name;
  expect(name).toMatch(/^tiny-iterand-stripes-/);
  const run = openRun(parts, name);
  expect(run.spec.network).toEqual(network);
  const resumed = await trainRun(run.spec, run.seed, options(parts));
  for (const file of ['steps', 'epochs', 'last', 'result'] as const)
    expect(readFileSync(resumed.paths[file])).toEqual(readFileSync(straight.paths[file]));
  expect(await scoreRun(run, 'last', 'test', { dataset, threads: 1 })).toEqual(straight.result.test);
  const ticket = `${parts}/tiny.ticket`;
  await exportRun(run, 'last', { ticket }, { dataset, threads: 1 });
  expect(await scoreTicket(ticket, 'test', { dataset, threads: 1 })).toEqual(straight.result.test);
  // Without the images, or with others, no number comes out.
  await expect(scoreRun(run, 'last', 'test')).rejects.toThrow("data 'stripes'");
  await expect(scoreRun(run, 'last', 'test', { dataset: images(101) })).rejects.toThrow('data have changed');
  await expect(scoreTicket(ticket, 'test', { dataset: images(101) })).rejects.toThrow('is of other data');
});

test('a dataset of one’s own does not pass under another name, nor under one that the package opens itself', async () => {
  const root = temporaryFolder();
  const under = (data: string, name: string) =>
    trainRun({ ...spec, data }, 1, { ...options(root), dataset: { ...dataset, name } });
  await expect(under('stripe', 'stripes')).rejects.toThrow(
    "data 'stripe' with a dataset of one's own, 'stripes'",
  );
  await expect(under('mnist', 'mnist')).rejects.toThrow('no name that the package opens');
  await expect(under('folder:x', 'folder:x')).rejects.toThrow('no name that the package opens');
});
