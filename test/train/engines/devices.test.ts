import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { cudaDevices, deviceText, requireDevice, seeingOnly } from '../../../src/train/engines/devices.js';
import { openEngine } from '../../../src/train/engines/open.js';
import { describeNetwork } from '../../../src/train/networks/index.js';
import { temporaryFolder } from '../data/temporary.js';

const cuda = { engine: 'onnx', provider: 'cuda' } as const;
const tensorflow = { engine: 'tfjs', backend: 'tensorflow' } as const;
const { CUDA_VISIBLE_DEVICES: before } = process.env;
afterEach(() => {
  if (before === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
  else process.env.CUDA_VISIBLE_DEVICES = before;
});

describe('the devices that a process sees', () => {
  test.each([
    ['2,3', ['2', '3']],
    [' 0 , GPU-8932f937-d72c ,MIG-GPU-1/1/0', ['0', 'GPU-8932f937-d72c', 'MIG-GPU-1/1/0']],
    // CUDA takes none from the first that is no device on.
    ['1,-1,2', ['1']],
    ['-1', []],
    ['', []],
    ['NoDevFiles', []],
  ])('by CUDA_VISIBLE_DEVICES=%s', (given, listed) => {
    expect(cudaDevices({ CUDA_VISIBLE_DEVICES: given })).toEqual({ listed, count: listed.length });
  });

  test('without it, by the driver’s folders; unknown where there are none', () => {
    const folder = temporaryFolder();
    for (const bus of ['0000:3b:00.0', '0000:d8:00.0']) mkdirSync(join(folder, bus));
    expect(cudaDevices({}, folder)).toEqual({ listed: undefined, count: 2 });
    expect(cudaDevices({}, join(folder, 'none'))).toEqual({ listed: undefined, count: undefined });
  });
});

describe('a device', () => {
  const two = { listed: undefined, count: 2 };
  test('that is there, or not known to be missing, is taken', () => {
    for (const path of [cuda, tensorflow]) {
      requireDevice(path, 1, two);
      requireDevice(path, 7, { listed: undefined, count: undefined });
      requireDevice(path, undefined, { listed: [], count: 0 });
    }
  });

  test.each([
    [cuda, 2, two, 'device 2: this machine has 2 NVIDIA devices; number them from 0 to 1.'],
    [
      tensorflow,
      1,
      { listed: ['3'], count: 1 },
      'device 1: CUDA_VISIBLE_DEVICES=3 shows this process 1 NVIDIA device; number them from 0.',
    ],
    [
      cuda,
      0,
      { listed: [], count: 0 },
      'device 0: CUDA_VISIBLE_DEVICES= shows this process 0 NVIDIA devices; use other hardware, or set CUDA_VISIBLE_DEVICES.',
    ],
    [cuda, -1, two, 'device -1: must be an integer from 0 to 1023'],
    [cuda, 0.5, two, 'device 0.5: must be an integer'],
    [cuda, Number.NaN, two, 'device NaN: must be an integer'],
    [
      { engine: 'onnx' } as const,
      0,
      two,
      'device 0 of the engine onnx on cpu: it computes on the CPU; leave it out.',
    ],
    [
      { engine: 'onnx', provider: 'webgpu' } as const,
      1,
      two,
      'WebGPU offers no adapter by number: it takes the one that the driver names first; leave it out.',
    ],
    [{ engine: 'tfjs', backend: 'webgpu' } as const, 1, two, 'device 1 of the engine tfjs on webgpu: WebGPU'],
    [{ engine: 'tfjs', backend: 'wasm' } as const, 0, two, 'it computes on the CPU'],
    [{ engine: 'tfjs', backend: 'cpu' } as const, 0, two, 'it computes on the CPU'],
    [{ engine: 'onnx', provider: 'coreml' } as const, 0, two, 'Core ML chooses its hardware itself'],
    [{ engine: 'onnx', provider: 'dml' } as const, 0, two, 'DirectML takes its first adapter'],
  ])('of %j, number %d, is refused', (path, device, devices, message) => {
    expect(() => requireDevice(path, device, devices)).toThrow(InputError);
    expect(() => requireDevice(path, device, devices)).toThrow(message);
  });

  test('is refused by every engine before it starts', async () => {
    const network = describeNetwork({ network: 'conv2', width: 0.1, imageSize: 8 });
    const settings = { mode: 'sgd', momentum: 0, weightDecay: 0, device: 0 } as const;
    for (const path of [{ engine: 'onnx' }, { engine: 'tfjs' }] as const)
      await expect(openEngine({ ...settings, ...path }, network)).rejects.toThrow('it computes on the CPU');
    process.env.CUDA_VISIBLE_DEVICES = '4,5';
    for (const path of [cuda, tensorflow])
      await expect(openEngine({ ...settings, ...path, device: 2 }, network)).rejects.toThrow(
        'device 2: CUDA_VISIBLE_DEVICES=4,5 shows this process 2 NVIDIA devices',
      );
  });

  test('is named in words', () => {
    expect(deviceText(0, two)).toBe('CUDA device 0');
    expect(deviceText(1, { listed: ['2', 'GPU-1'], count: 2 })).toBe(
      'CUDA device 1 of CUDA_VISIBLE_DEVICES=2,GPU-1',
    );
  });
});

describe('work that sees one device alone', () => {
  const seen = () => process.env.CUDA_VISIBLE_DEVICES;

  test('sees it by the name that the process has for it, and the process sees all again after', async () => {
    process.env.CUDA_VISIBLE_DEVICES = '2,GPU-5';
    expect(await seeingOnly(1, async () => seen())).toBe('GPU-5');
    await expect(seeingOnly(0, () => Promise.reject(new Error(seen())))).rejects.toThrow('2');
    expect(seen()).toBe('2,GPU-5');
    delete process.env.CUDA_VISIBLE_DEVICES;
    expect(await seeingOnly(3, async () => seen())).toBe('3');
    expect('CUDA_VISIBLE_DEVICES' in process.env).toBe(false);
  });
});
