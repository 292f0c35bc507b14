import { expect, test } from 'vitest';
import { report } from '../../src/cli/doctor.js';

const machine = {
  ...{ iterand: '1.2.3', node: '20.20.2', platform: 'linux x64', processor: 'A CPU', cores: 2 },
  ...{ memory: 2 ** 34, nvidiaDriver: '580.1' },
};

test.each([
  [undefined, undefined, 'NVIDIA driver 580.1'],
  [undefined, 4, 'NVIDIA driver 580.1, 4 devices'],
  [['2'], 1, 'NVIDIA driver 580.1, 1 device by CUDA_VISIBLE_DEVICES=2'],
  [[], 0, 'NVIDIA driver 580.1, 0 devices by CUDA_VISIBLE_DEVICES='],
])('the devices that the process sees: %j, %j', (listed, count, words) => {
  const text = report({ ...machine, nvidiaDevices: { listed, count } }, []);
  expect(text).toBe(`iterand 1.2.3, Node 20.20.2, linux x64\nA CPU, 2 cores, 16.0 GiB; ${words}`);
});

test.each([
  [undefined, undefined, 'NVIDIA driver not found'],
  [['0', '1'], 2, 'NVIDIA driver not found; CUDA_VISIBLE_DEVICES=0,1'],
])('without a driver the variable alone is told: %j, %j', (listed, count, words) => {
  const text = report({ ...machine, nvidiaDriver: undefined, nvidiaDevices: { listed, count } }, []);
  expect(text.split('\n')[1]).toBe(`A CPU, 2 cores, 16.0 GiB; ${words}`);
});
