import { describe, expect, it } from 'vitest';
import { batchBlockedGradient } from '../../../../../src/train/engines/onnx/forms/batch-blocked-gradient.js';
import { blockedConv } from '../../../../../src/train/engines/onnx/forms/blocked-conv.js';
import { dilatedGradient } from '../../../../../src/train/engines/onnx/forms/dilated-gradient.js';
import type { FilterGradient } from '../../../../../src/train/engines/onnx/forms/filter-gradient.js';
import { machineBlock } from '../../../../../src/train/engines/onnx/forms/machine.js';
import {
  patchGradient,
  pointwiseGradient,
} from '../../../../../src/train/engines/onnx/forms/matmul-gradient.js';
import { standardPlanner } from '../../../../../src/train/engines/onnx/forms/standard.js';
import { winogradGradient, winogradRows } from '../../../../../src/train/engines/onnx/forms/winograd.js';
import type { ConvLayer } from '../../../../../src/train/networks/description.js';
import { convCase, convLayer, deviation, runConv } from './run-conv.js';

const block = await machineBlock();

// Every form against the standard operators on the same numbers; sums of up to 4e4 products in float32.
async function compare(
  layer: ConvLayer,
  batch: number,
  filterGradient: FilterGradient,
  winograd = false,
): Promise<void> {
  const data = convCase(layer, batch);
  const standard = standardPlanner.conv(layer, { batch, training: true });
  const form = blockedConv(layer, {
    block: block!,
    filterGradient,
    convolver: winograd ? winogradRows(block!) : undefined,
  });
  // Few channels are the network's input, whose gradient no one wants.
  const whole = layer.inputShape[0]! >= block!;
  const [expected, found] = [await runConv(standard, data, whole), await runConv(form, data, whole)];
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected))
    expect(deviation(found[name]!, values), name).toBeLessThan(3e-6);
}

describe.skipIf(block === undefined)('blocked convolution', () => {
  const n = block ?? 16;
  it.each([
    ['3x3', convLayer([2 * n, 8, 6], 3 * n, 3), 3],
    ['3x3 on a plane of odd sides', convLayer([n, 7, 5], n, 3), 2],
    ['3x3 of stride 2', convLayer([2 * n, 8, 12], n, 3, 2), 4],
    ['1x1', convLayer([2 * n, 4, 5], 3 * n, 1), 3],
    ['5x5 without padding', convLayer([n, 9, 8], n, 5, 1, 0), 2],
  ])('is the standard %s, with the dilated filter gradient', (_, layer, batch) =>
    compare(layer, batch, dilatedGradient(n, batch)),
  );

  it.each([
    ['3x3, one group', convLayer([2 * n, 6, 5], 3 * n, 3), 2, 2],
    ['3x3, two groups', convLayer([3 * n, 5, 6], n, 3), 2, 1],
    ['3x3 of stride 2', convLayer([2 * n, 8, 6], 2 * n, 3, 2), 2, 1],
    ['1x1', convLayer([n, 4, 4], 2 * n, 1), 2, 1],
    ['1x1 of stride 2', convLayer([2 * n, 8, 6], n, 1, 2), 1, 1],
    ['3x3 of three channels', convLayer([3, 7, 6], 2 * n, 3), 2, 1],
    ['7x7 of stride 2 of one channel', convLayer([1, 9, 12], n, 7, 2), 1, 1],
  ])('is the standard %s, with the batch-blocked filter gradient of x', (_, layer, sets, parts) =>
    compare(layer, sets * n, batchBlockedGradient(n, 'x', parts * n)),
  );

  it.each([
    ['3x3', convLayer([3 * n, 6, 5], 2 * n, 3), 2, 2],
    ['3x3, narrow', convLayer([2 * n, 6, 5], n, 3), 2, 1],
    ['1x1 of stride 2', convLayer([2 * n, 8, 6], n, 1, 2), 1, 1],
    ['5x5 without padding', convLayer([n, 9, 8], n, 5, 1, 0), 1, 1],
  ])('is the standard %s, with the batch-blocked filter gradient of dy', (_, layer, sets, parts) =>
    compare(layer, sets * n, batchBlockedGradient(n, 'dy', parts * n)),
  );

  it.each([
    ['1x1', convLayer([2 * n, 4, 5], 3 * n, 1), 3],
    ['1x1 of stride 2', convLayer([n, 8, 6], 2 * n, 1, 2), 2],
  ])('is the standard %s, with the pointwise filter gradient', (_, layer, batch) =>
    compare(layer, batch, pointwiseGradient(n)),
  );

  it.each([
    ['3x3', convLayer([2 * n, 8, 6], 3 * n, 3), 2, 2],
    ['3x3, two groups', convLayer([n, 4, 5], n, 3), 2, 1],
  ])('is the standard %s, by Winograd', (_, layer, sets, parts) =>
    compare(layer, sets * n, winogradGradient(n, parts * n), true),
  );

  it.each([
    ['3x3', convLayer([3, 8, 7], 2 * n, 3), 3],
    ['7x7 of stride 2', convLayer([1, 9, 12], n, 7, 2), 2],
  ])(
    'is the standard %s of an input of few channels, with the filter gradient by patches',
    (_, layer, batch) => compare(layer, batch, patchGradient(n)),
  );
});
