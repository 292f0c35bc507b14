import { afterEach, describe, expect, test, vi } from 'vitest';
import { requireCommonJs } from '../../../../src/core/host.js';
import { openEngine } from '../../../../src/train/engines/open.js';
import { openDevice } from '../../../../src/train/engines/tfjs/device.js';
import * as library from '../../../../src/train/engines/tfjs/library.js';
import { describeNetwork } from '../../../../src/train/networks/index.js';
import { hasTfjs } from '../../../support/tfjs.js';

vi.mock('../../../../src/train/engines/tfjs/library.js', { spy: true });
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const seen = () => process.env.CUDA_VISIBLE_DEVICES;

/** TensorFlow's own library is not at hand: the backend cpu of TensorFlow.js stands for it, which the process loads in its place. */
async function standIn(gpu: boolean): Promise<{ readonly saw: (string | undefined)[] }> {
  const { tf } = await library.loadTf('cpu');
  requireCommonJs('@tensorflow/tfjs-core').copyRegisteredKernels('cpu', 'tensorflow');
  if (tf.findBackendFactory('tensorflow') !== null) tf.removeBackend('tensorflow');
  tf.registerBackend('tensorflow', () =>
    Object.assign(tf.findBackendFactory('cpu')!() as object, { isUsingGpuDevice: gpu }),
  );
  const saw: (string | undefined)[] = [];
  vi.mocked(library.loadTf).mockImplementation(async () => {
    saw.push(seen());
    return { tf, package: '@tensorflow/tfjs-node' };
  });
  return { saw };
}

describe.skipIf(!(await hasTfjs('cpu')))('the backend tensorflow', () => {
  test('is loaded while the process sees its device alone, and keeps to it', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '4,GPU-7');
    const { saw } = await standIn(true);
    const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8 });
    const settings = { engine: 'tfjs', backend: 'tensorflow', momentum: 0, weightDecay: 0 } as const;
    const engine = await openEngine({ ...settings, mode: 'sgd', device: 1 }, network);
    expect(saw).toEqual(['GPU-7']);
    expect(seen()).toBe('4,GPU-7');
    const again = await openEngine({ ...settings, mode: 'sgd', device: 1 }, network);
    for (const device of [0, undefined])
      await expect(openEngine({ ...settings, mode: 'sgd', device }, network)).rejects.toThrow(
        'device 0: TensorFlow took device 1 when this process loaded it, and keeps it; use a process for each device.',
      );
    await engine.release();
    await again.release();
    // Nobody has it any more, but its library is loaded.
    await expect(openDevice('tensorflow', 0)).rejects.toThrow('TensorFlow took device 1');
    expect(saw).toHaveLength(1);
  });

  test('refuses a device where its library has none', async () => {
    await standIn(false);
    await expect(openDevice('tensorflow', 1)).rejects.toThrow(
      'device 1: @tensorflow/tfjs-node computes on the CPU; leave it out.',
    );
  });
});
