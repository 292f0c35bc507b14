import { join } from 'node:path';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { availableProviders } from '../../../src/train/engines/onnx/available.js';
import { onnxruntime } from '../../../src/train/engines/onnx/library.js';
import { estimateRun } from '../../../src/train/run/estimate.js';
import * as timing from '../../../src/train/run/mean-time.js';
import { resolveTrainSpec } from '../../../src/train/spec/spec.js';
import { writeImages } from '../../images.js';
import { temporaryFolder } from '../data/temporary.js';

vi.mock('../../../src/train/run/mean-time.js', { spy: true });
const images = join(temporaryFolder(), 'images');
beforeAll(() => writeImages(images));
afterEach(() => {
  vi.restoreAllMocks();
  vi.mocked(timing.meanTime).mockClear();
});

const common = {
  ...{ network: 'conv2', width: 0.1, data: `folder:${images}`, imageSize: 8, provider: 'cuda' },
  ...{ epochs: 1, batch: 4, warmup: 0, finalEpochs: 0 },
};

// Of the platforms that onnxruntime-node has a build for, Linux and Windows on x64.
test.skipIf(!availableProviders().includes('cuda')).each([
  ['a randomization ends it', { method: 'iterand', period: 3 }, 3],
  ['a randomization seldom comes', { method: 'iterand', period: 300 }, 16],
  ['nothing is randomized', { method: 'edge-popup' }, 16],
])('steps are timed as many together as in training: %s', async (_, settings, together) => {
  const { InferenceSession } = onnxruntime();
  const { create } = InferenceSession;
  // CUDA is not at hand: each session is made on the CPU instead.
  vi.spyOn(InferenceSession, 'create').mockImplementation(((model: Uint8Array, options: object) =>
    create(model, { ...options, executionProviders: ['cpu'] })) as never);
  await estimateRun(resolveTrainSpec({ ...common, ...settings }), 1, { threads: 1, workers: 1 });
  const [, , , most] = vi.mocked(timing.meanTime).mock.calls[0]!;
  expect(most!({ images: new Float32Array(4 * 3 * 8 * 8) } as never)).toBe(together);
});
