import { expect, test } from 'vitest';
import { devicePlanner } from '../../../../../src/train/engines/onnx/forms/device.js';
import { standardConv } from '../../../../../src/train/engines/onnx/forms/standard-conv.js';
import { convCase, convLayer, deviation, runConv } from './run-conv.js';

test.each([
  // Rows or columns that a stride leaves over: some phases of the input's gradient are of single pixels, with zeros after them.
  [[3, 7, 5], 2, 2, 3, 0],
  [[3, 7, 5], 2, 2, 2, 0],
  [[3, 7, 5], 4, 3, 3, 0],
  [[2, 9, 8], 3, 2, 3, 1],
  [[2, 5, 5], 3, 1, 3, 0],
  [[2, 7, 7], 3, 3, 2, 1],
  [[2, 7, 5], 3, 3, 1, 1],
] as const)(
  'a convolution on a device is the standard one: %j to %i channels, kernel %i, stride %i, padding %i',
  async (shape, channels, kernel, stride, padding) => {
    const data = convCase(convLayer(shape, channels, kernel, stride, padding), 2);
    const form = devicePlanner.conv(data.layer, { batch: 2, training: true });
    const [found, expected] = [await runConv(form, data), await runConv(standardConv(data.layer), data)];
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, values] of Object.entries(expected))
      expect(deviation(found[name]!, values), name).toBeLessThan(1e-6);
  },
);
