import { expect, it } from 'vitest';
import { productConv } from '../../../../../src/train/engines/onnx/forms/product-conv.js';
import { standardConv } from '../../../../../src/train/engines/onnx/forms/standard-conv.js';
import { convCase, convLayer, deviation, runConv } from './run-conv.js';

it.each([
  ['3x3', convLayer([3, 8, 6], 5, 3), 3],
  ['3x3 on a plane of odd sides', convLayer([4, 7, 5], 6, 3), 2],
  ['3x3 of stride 2', convLayer([4, 8, 12], 3, 3, 2), 4],
  ['3x3 of stride 2 on a plane of odd sides', convLayer([4, 7, 9], 3, 3, 2), 2],
  ['1x1', convLayer([6, 4, 5], 3, 1), 3],
  ['1x1 of stride 2', convLayer([6, 8, 6], 3, 1, 2), 2],
  ['1x1 of stride 2 on a plane of odd sides', convLayer([6, 7, 5], 3, 1, 2), 2],
  ['7x7 of stride 2', convLayer([3, 16, 12], 4, 7, 2, 3), 2],
  ['5x5 without padding', convLayer([2, 9, 8], 3, 5, 1, 0), 2],
  ['2x2 of stride 3, which does not see all', convLayer([2, 9, 8], 3, 2, 3, 0), 2],
  ['a kernel as large as the plane', convLayer([3, 4, 4], 6, 4, 1, 0), 3],
])('is the standard %s, with gradients as products', async (_, layer, batch) => {
  const data = convCase(layer, batch);
  const [expected, found] = [
    await runConv(standardConv(layer), data),
    await runConv(productConv(layer), data),
  ];
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected))
    expect(deviation(found[name]!, values), name).toBeLessThan(3e-6);
});
