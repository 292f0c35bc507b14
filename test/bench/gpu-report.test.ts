import { expect, test } from 'vitest';
import { type Report, reportPage, type Speed, slug } from '../../bench/gpu/report.js';
import { summed } from '../../bench/gpu/tasks/profile.js';

const sized = { network: 'conv6', width: 0.25 } as const;
const speed = (path: string, imagesPerSecond: number, more: Partial<Speed> = {}): Speed => ({
  path,
  ...sized,
  batch: 128,
  steps: 200,
  imagesPerSecond,
  slowest: 0.9 * imagesPerSecond,
  fastest: 1.1 * imagesPerSecond,
  loss: 2.3,
  peakBytes: 5e8,
  deviceBytes: null,
  ...more,
});
const report: Report = {
  device: { name: 'Device 1', driver: '2.3' },
  machine: 'a machine',
  versions: { onnxruntime: '1.30.0' },
  steps: 200,
  limit: 60,
  started: [{ path: 'webgpu' }, { path: 'cuda', why: 'no library' }],
  replayed: [{ path: 'webgpu', file: 'a', agrees: false, worst: 'loss 0 1, at most 1e-5' }],
  lawful: [
    { path: 'webgpu', held: 56, broken: [] },
    { path: 'cuda', held: 54, broken: ['laws > a: 1 is not 2', 'laws > b: no'] },
    { path: 'tfjs-webgpu', held: 7, broken: [], why: 'no answer in 900 s' },
    { path: 'tfjs-wasm', only: 'conv', held: 1, broken: ['a: b'], why: 'no answer in 900 s' },
  ],
  compared: [{ path: 'webgpu', ...sized, deviation: Number.NaN, tolerance: 0.1 }],
  speeds: [
    speed('webgpu', 500, { deviceBytes: 2e9 }),
    speed('pytorch', 900),
    speed('pytorch-compiled', 1000),
    speed('pytorch-tf32', 4000),
    speed('webgpu', 700, { batch: 512 }),
    speed('cuda', 0, { why: 'out of memory' }),
  ],
  profiles: [],
};
const row = (start: string) =>
  reportPage(report)
    .split('\n')
    .find((line) => line.startsWith(start));

test('the ratio is to the faster PyTorch without TF32 of the same network and batch', () => {
  expect(row('| conv6 x0.25 | 128 | webgpu |')).toBe(
    '| conv6 x0.25 | 128 | webgpu | 500 | 450 | 550 | 0.50 | 200 | 500 | 2,000 |',
  );
  expect(row('| conv6 x0.25 | 128 | pytorch-tf32 |')).toContain('| 4.00 |');
  expect(row('| conv6 x0.25 | 512 | webgpu |')).toBe(
    '| conv6 x0.25 | 512 | webgpu | 700 | 630 | 770 |  | 200 | 500 |  |',
  );
});

test('what fails, deviates or does not start says so', () => {
  expect(row('| cuda | does')).toBe('| cuda | does not start: no library |');
  expect(row('| webgpu | a |')).toContain('DEVIATES');
  expect(row('| webgpu | all 56')).toBe('| webgpu | all 56 hold |  |');
  expect(row('| cuda | 2 BROKEN')).toBe('| cuda | 2 BROKEN, 54 hold | laws > a: 1 is not 2; laws > b: no |');
  expect(row('| tfjs-webgpu |')).toBe('| tfjs-webgpu | 7 hold, the others NOT HELD: no answer in 900 s |  |');
  expect(row('| tfjs-wasm |')).toBe(
    "| tfjs-wasm | 1 BROKEN, 1 hold of those named 'conv', the others NOT HELD: no answer in 900 s | a: b |",
  );
  expect(row('| webgpu | conv6 x0.25 |')).toContain('DEVIATES');
  expect(row('| conv6 x0.25 | 128 | cuda |')).toContain('failed: out of memory');
});

test('a device becomes a file name', () => {
  expect(slug('NVIDIA H200 (141 GB)')).toBe('nvidia-h200-141-gb');
  expect(slug('../..')).toBe('device');
});

test('a profile is summed by layer and operator, without its first run', () => {
  const event = (name: string, dur: number, op_name: string, provider: string) => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    dur,
    args: { op_name, provider: `${provider}ExecutionProvider` },
  });
  const run = (scale: number) => [
    event('/conv1/Mul_1', 1000 * scale, 'Mul', 'WebGpu'),
    event('/conv1/Mul_2', 2000 * scale, 'Mul', 'WebGpu'),
    event('/loss/OneHot_3', 1000 * scale, 'OneHot', 'CPU'),
    // What is in it counts.
    event('steps', 4100 * scale, 'Loop', 'WebGpu'),
  ];
  const others = [{ cat: 'Session', name: 'model_run', dur: 1e6 }];
  const { count, onCpu, top } = summed([...others, ...run(100), ...run(1), ...run(3)]);
  expect([count, onCpu]).toEqual([3, 1]);
  expect(top).toEqual([
    { node: '/conv1 Mul', provider: 'WebGpu', milliseconds: 6, share: 0.75 },
    { node: '/loss OneHot', provider: 'CPU', milliseconds: 2, share: 0.25 },
  ]);
});
