import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { requireCommonJs } from '../../../../src/core/host.js';
import type { Engine } from '../../../../src/train/engines/engine.js';
import { openEngine } from '../../../../src/train/engines/open.js';
import { openDevice } from '../../../../src/train/engines/tfjs/device.js';
import * as library from '../../../../src/train/engines/tfjs/library.js';
import { describeNetwork } from '../../../../src/train/networks/index.js';
import { captured } from '../../../cli/captured.js';
import { writeImages } from '../../../images.js';
import { hasTfjs } from '../../../support/tfjs.js';
import { temporaryFolder } from '../../data/temporary.js';

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
  test('of which one computes on the CPU is shared by who names no device, and is none of CUDA’s', async () => {
    await standIn(false);
    const refusal = 'device 1: @tensorflow/tfjs-node computes on the CPU; leave it out.';
    await expect(openDevice('tensorflow', 1)).rejects.toThrow(refusal);
    // Nothing was taken by what was refused.
    const held = await openDevice('tensorflow');
    expect(held).toMatchObject({ hardware: 'CPU', cudaDevice: undefined });
    for (const device of [0, 1])
      await expect(openDevice('tensorflow', device)).rejects.toThrow(
        `device ${device}: @tensorflow/tfjs-node`,
      );
    // A refusal takes it from nobody.
    const again = await openDevice('tensorflow');
    expect(again).toBe(held);
    await held.release();
    await again.release();
    const [refused, given] = await Promise.allSettled([
      openDevice('tensorflow', 1),
      openDevice('tensorflow'),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: refusal } });
    expect(given).toMatchObject({ status: 'fulfilled', value: { hardware: 'CPU' } });
    if (given.status === 'fulfilled') await given.value.release();
  });

  test('that does not load takes no device', async () => {
    await standIn(true);
    vi.mocked(library.loadTf).mockRejectedValueOnce(new Error('it does not load'));
    await expect(openDevice('tensorflow', 2)).rejects.toThrow('it does not load');
    vi.mocked(library.loadTf).mockRejectedValueOnce(new Error('nor now'));
    await expect(openDevice('tensorflow', 3)).rejects.toThrow('nor now');
  });

  test('is not said nor recorded of a run that it computes on the CPU', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '4,5');
    await standIn(false);
    const folder = temporaryFolder();
    const images = join(folder, 'images');
    await writeImages(images);
    const { code, stderr } = await captured([
      ...['train', '--network', 'conv2', '--width', '0.1', '--method', 'sgd', '--data', `folder:${images}`],
      ...['--image-size', '8', '--epochs', '1', '--batch', '8', '--warmup', '0', '--final-epochs', '0'],
      ...['--engine', 'tfjs', '--backend', 'tensorflow', '--workers', '1', '--out', join(folder, 'runs')],
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('CUDA') });
    const [run] = readdirSync(join(folder, 'runs'));
    const times = join(folder, 'runs', run!, 'seed-1', 'times.jsonl');
    expect(readFileSync(times, 'utf8')).toContain('"threads":');
    expect(readFileSync(times, 'utf8')).not.toContain('device');
  });

  test('is loaded while the process sees its device alone, and keeps to it', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '4,GPU-7');
    const { saw } = await standIn(true);
    const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8 });
    const settings = { engine: 'tfjs', backend: 'tensorflow', momentum: 0, weightDecay: 0 } as const;
    // Another one at the same time is refused too, not given the first one's device.
    const [first, other] = await Promise.allSettled([
      openEngine({ ...settings, mode: 'sgd', device: 1 }, network),
      openEngine({ ...settings, mode: 'sgd', device: 0 }, network),
    ]);
    expect(other).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('TensorFlow took device 1') },
    });
    const engine = (first as PromiseFulfilledResult<Engine>).value;
    expect(saw).toEqual(['GPU-7']);
    expect(seen()).toBe('4,GPU-7');
    expect(engine.cudaDevice).toBe(1);
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
});
