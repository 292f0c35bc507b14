import { join } from 'node:path';
import { expect, it } from 'vitest';
import { estimatedMemory, MEMORY_ACCURACY } from '../../../src/train/engines/memory.js';
import { describeNetwork, type NetworkName } from '../../../src/train/networks/index.js';
import { setUp } from '../../../src/train/run/setup.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

/**
 * Peak resident memory in MiB after two steps of edge-popup on uniform images of mean 0 and variance 1: a process of its own for each (tsx, Node.js 20.20, two cores of an AMD
 * EPYC with AVX-512, 24 GiB), process.resourceUsage().maxRSS.
 */
const measured: readonly (readonly [
  NetworkName,
  width: number,
  imageSize: number,
  batch: number,
  peak: number,
])[] = [
  ['conv6', 0.25, 32, 128, 244],
  ['conv6', 0.5, 32, 128, 342],
  ['conv6', 1, 32, 128, 629],
  ['resnet18', 0.25, 32, 128, 552],
];

it.each(measured)(
  '%s at width %d, %d pixels, %d images: the estimate is near the measured peak',
  (...row) => {
    const [network, width, imageSize, batch, peak] = row;
    const classes = imageSize === 32 ? 10 : 1000;
    const estimate = estimatedMemory(describeNetwork({ network, width, imageSize, classes }), {
      mode: 'score',
      batch,
      evaluationBatch: 0,
    });
    const ratio = estimate / (peak * 2 ** 20);
    expect(ratio).toBeLessThan(MEMORY_ACCURACY);
    expect(1 / ratio).toBeLessThan(MEMORY_ACCURACY);
  },
);

it('it grows with width and batch, and an evaluation needs less than training', () => {
  const of = (width: number, train: number, evaluate: number) =>
    estimatedMemory(describeNetwork({ network: 'resnet18', width }), {
      mode: 'sgd',
      batch: train,
      evaluationBatch: evaluate,
    });
  expect(of(2, 64, 0)).toBeGreaterThan(of(1, 64, 0));
  expect(of(1, 128, 0)).toBeGreaterThan(of(1, 64, 0));
  expect(of(1, 0, 128)).toBeLessThan(of(1, 128, 0));
});

it('a run that cannot fit is refused before its memory is taken, and told how much it needs', async () => {
  const images = join(temporaryFolder(), 'images');
  await writeImages(images);
  const data = `folder:${images}`;
  const began = process.memoryUsage().rss;
  for (const [settings, message] of [
    [
      { network: 'conv2', width: 1e6, imageSize: 8 },
      /conv2 at width 1000000 .* needs about \S+ GiB of memory, and \S+ GiB are/,
    ],
    [
      { network: 'resnet50', width: 100, imageSize: 224 },
      /resnet50 at width 100 on images of 224 pixels, 40 at a time: needs about/,
    ],
  ] as const)
    await expect(setUp(resolveTrainSpec({ ...settings, method: 'sgd', data }))).rejects.toThrow(message);
  expect(process.memoryUsage().rss - began).toBeLessThan(200e6);
});
