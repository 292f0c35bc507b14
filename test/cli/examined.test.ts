import { expect, test } from 'vitest';
import { chooseEngine } from '../../src/cli/examined.js';
import type { Examination, Path } from '../../src/train/engines/doctor/examine.js';

/** What is found of each way, by its name; what is not named is missing. */
const finding =
  (found: Readonly<Record<string, Partial<Examination>>>) =>
  async ({ engine, hardware }: Path): Promise<Examination> => ({
    engine,
    hardware,
    about: '',
    state: 'missing',
    ...found[`${engine} ${hardware}`],
  });

test('the first way that works is taken; what is there and fails is named, what is missing is not', async () => {
  const works = { state: 'works' } as const;
  const broken = { state: 'fails', why: 'it has no library', fix: 'run its script' } as const;
  const look = finding({ 'tfjs tensorflow': broken, 'onnx cpu': works, 'tfjs wasm': works });
  const choice = await chooseEngine(look);
  expect(choice!.taken).toMatchObject({ engine: 'onnx', hardware: 'cpu' });
  expect(choice!.passed).toEqual(['tfjs tensorflow (it has no library; run its script)']);
  expect(await chooseEngine(finding({}))).toBeUndefined();
});

test('a GPU goes before the CPU, but not a program that stands for one', async () => {
  const works = { state: 'works' } as const;
  const gpu = await chooseEngine(finding({ 'tfjs webgpu': { ...works, device: 'H200' }, 'onnx cpu': works }));
  expect(gpu!.taken.hardware).toBe('webgpu');
  const software = { ...works, device: 'llvmpipe', software: true };
  const cpu = await chooseEngine(
    finding({
      'tfjs tensorflow': { ...works, device: 'CPU' },
      'tfjs webgpu': software,
      'onnx cpu': works,
    }),
  );
  expect(cpu!.taken).toMatchObject({ engine: 'onnx', hardware: 'cpu' });
  expect(cpu!.passed).toHaveLength(2);
});
