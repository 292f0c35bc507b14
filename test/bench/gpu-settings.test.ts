import { expect, test } from 'vitest';
import { readSettings } from '../../bench/gpu/settings.js';
import { InputError } from '../../src/core/errors.js';

test('without arguments: the networks and batches of the table, on all paths but the CPU', () => {
  const settings = readSettings([])!;
  expect(settings.networks.map(({ network, width }) => `${network}:${width}`).join()).toBe(
    'conv6:0.25,conv6:1,conv6:2,resnet18:0.25,resnet18:1',
  );
  expect(settings).toMatchObject({ batches: [128, 512], steps: 200, python: 'python3', again: false });
  expect(settings.paths.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['webgpu', 'cuda', 'cuda-tf32']),
  );
  expect(settings.paths.some(({ name }) => name === 'cpu')).toBe(false);
});

test('steps one by one are tried where they are asked for alone', () => {
  const [cuda, webgpu] = readSettings(['--paths', 'cuda-single,webgpu-single'])!.paths;
  expect(cuda).toMatchObject({
    on: { engine: 'onnx', provider: 'cuda', together: 1 },
    tf32: false,
    environment: { NVIDIA_TF32_OVERRIDE: '0' },
  });
  expect(webgpu).toMatchObject({ on: { provider: 'webgpu', together: 1 }, environment: {} });
  expect(readSettings([])!.paths.some(({ name }) => name.includes('single'))).toBe(false);
});

test('TF32 is off where a path does not say it', () => {
  const [cuda, tf32] = readSettings(['--paths', 'cuda,cuda-tf32'])!.paths;
  expect(cuda).toMatchObject({ tf32: false, environment: { NVIDIA_TF32_OVERRIDE: '0' } });
  expect(tf32).toMatchObject({ tf32: true, environment: {} });
});

test('PyTorch is left out on demand', () => {
  expect(readSettings(['--no-peer'])!.python).toBeUndefined();
});

for (const [args, message] of [
  [['--networks', 'conv7:1'], /--networks 'conv7': must be one of conv6, resnet18/],
  [['--networks', 'conv6'], /--networks conv6: '': is empty/],
  [['--networks', 'conv6:0'], /--networks conv6: 0: must be a number in/],
  [['--networks', 'conv6:1:2'], /must be NETWORK:WIDTH/],
  [['--networks', ''], /--networks '': is empty/],
  [['--batches', '0'], /--batches 0: must be an integer from 1/],
  [['--batches', '1e300'], /--batches/],
  [['--steps', 'NaN'], /--steps 'NaN': must be a number/],
  [['--steps', '1.5'], /--steps 1.5: must be an integer/],
  [['--limit', '-1'], /--limit -1: must be a number in/],
  [['--paths', 'opencl'], /--paths 'opencl': must be one of cpu, cuda, cuda-tf32/],
  [['--vectors', ','], /--vectors '': is empty/],
  [['--laws', ''], /--laws '': is empty/],
  [['--python', ''], /--python '': is empty/],
  [['--peer-device', 'tpu'], /--peer-device 'tpu': must be one of/],
  [['--out', ' '], /--out ' ': is empty/],
  [['--device', ''], /--device '': is empty/],
  [['--unknown'], /unknown option '--unknown'/],
  [['surplus'], /too many arguments/],
] as const)
  test(`refuses ${args.join(' ')}`, () => {
    expect(() => readSettings(args)).toThrow(InputError);
    expect(() => readSettings(args)).toThrow(message);
  });
