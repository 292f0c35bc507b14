import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.js';
import {
  type ConvDeviation,
  type ConvShape,
  convDeviations,
  refuseWrong,
  requireRightAnswers,
} from '../../../../src/train/engines/onnx/self-check.js';

const shape: ConvShape = { inputs: 6, outputs: 8, size: 8, kernel: 3, stride: 1 };
const off = (deviation: number): ConvDeviation => ({ ...shape, deviation });

test('the CPU agrees with itself to the bit, and is not asked twice', async () => {
  expect(await convDeviations('cpu', [shape, { ...shape, stride: 2 }, { ...shape, kernel: 1 }])).toEqual([
    off(0),
    { ...shape, stride: 2, deviation: 0 },
    { ...shape, kernel: 1, deviation: 0 },
  ]);
  await expect(requireRightAnswers('cpu')).resolves.toBeUndefined();
});

test('rounding passes, a wrong answer or NaN among right ones is refused with its shape', () => {
  refuseWrong('webgpu', [off(1e-6), off(2e-3)]);
  for (const wrong of [0.9, Number.NaN, Number.POSITIVE_INFINITY]) {
    const deviations = [off(1e-6), { ...off(wrong), kernel: 1, stride: 2 }, off(1e-6)];
    expect(() => refuseWrong('webgpu', deviations)).toThrow(InputError);
    expect(() => refuseWrong('webgpu', deviations)).toThrow(/1x1 with stride 2 from 6 to 8 channels/);
  }
});
