import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { estimatedMemory, MEMORY_ACCURACY } from '../../../src/train/engines/memory.js';
import { describeNetwork, type NetworkName } from '../../../src/train/networks/index.js';
import { setUp } from '../../../src/train/run/setup.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

interface Measured {
  readonly batch: number;
  readonly networks: readonly {
    readonly network: NetworkName;
    readonly width: number;
    readonly series: readonly {
      readonly side: string;
      readonly variant: string;
      readonly peakBytes: number;
    }[];
  }[];
}
const { batch, networks } = JSON.parse(readFileSync('reports/bench/train-step.json', 'utf8')) as Measured;

it.each(networks)(
  '$network at width $width: the estimate is near the measured peak',
  ({ network, width, series }) => {
    const { peakBytes } = series.find((s) => s.side === 'iterand' && s.variant === 'fastest default')!;
    const estimate = estimatedMemory(describeNetwork({ network, width }), {
      mode: 'score',
      batch,
      evaluationBatch: 0,
    });
    expect(estimate / peakBytes).toBeLessThan(MEMORY_ACCURACY);
    expect(peakBytes / estimate).toBeLessThan(MEMORY_ACCURACY);
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
