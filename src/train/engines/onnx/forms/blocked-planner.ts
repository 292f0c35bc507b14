import type { ConvLayer } from '../../../networks/description.js';
import type { Planner, PlanTarget } from '../planner.js';
import { batchBlockedGradient } from './batch-blocked-gradient.js';
import { blockedConv, hasBlockedInputGradient } from './blocked-conv.js';
import { blockedNorm } from './blocked-norm.js';
import { blockedPool, fitsBlockedPool } from './blocked-pool.js';
import { dilatedGradient } from './dilated-gradient.js';
import type { FilterGradient } from './filter-gradient.js';
import { patchGradient, pointwiseGradient } from './matmul-gradient.js';
import { type Block, fitsBlock } from './nchwc.js';
import { standardPlanner } from './standard.js';
import { winogradGradient, winogradRows } from './winograd.js';

/** From how many channels on Winograd's transforms pay off. */
const WINOGRAD_CHANNELS = 128;

/**
 * Formulations in onnxruntime's blocked layout, the fastest measured for each shape; a layer whose channels do not fit the block
 * gets the standard ones.
 */
export function blockedPlanner(block: Block): Planner {
  return {
    name: `blocked${block}`,
    conv(layer, target) {
      if (!fitsBlock(layer, block) || !hasBlockedInputGradient(layer))
        return standardPlanner.conv(layer, target);
      const winograd = suitsWinograd(layer);
      return blockedConv(layer, {
        block,
        filterGradient: filterGradient(layer, target, block, winograd),
        convolver: winograd ? winogradRows(block) : undefined,
      });
    },
    norm: (layer, target) =>
      layer.inputShape[0]! % block === 0
        ? blockedNorm(layer, block, target.centred ?? false)
        : standardPlanner.norm(layer, target),
    maxPool: (layer, target) =>
      fitsBlockedPool(layer, block) ? blockedPool(block) : standardPlanner.maxPool(layer, target),
  };
}

function suitsWinograd({ inputShape, outputShape, kernel, stride, padding }: ConvLayer): boolean {
  const [channels, height] = inputShape as [number, number, number];
  const plain = kernel === 3 && stride === 1 && padding === 1 && height % 4 === 0;
  return plain && Math.min(channels, outputShape[0]!) >= WINOGRAD_CHANNELS && channels * height >= 1024;
}

function filterGradient(
  layer: ConvLayer,
  { batch }: PlanTarget,
  block: Block,
  winograd: boolean,
): FilterGradient {
  const [inputs, height] = layer.inputShape as [number, number, number];
  const outputs = layer.outputShape[0]!;
  // Few examples: the patches are as fast, and their shorter sums round less.
  if (inputs < block && (batch % block !== 0 || batch < 4 * block)) return patchGradient(block);
  // The batch-blocked forms sum over whole blocks of examples.
  if (batch % block !== 0)
    return layer.kernel === 1 ? pointwiseGradient(block) : dilatedGradient(block, batch);
  const perGroup = (blocks: number) => {
    let size = block;
    while (size < blocks * block && batch % (2 * size) === 0) size *= 2;
    return size;
  };
  if (winograd) return winogradGradient(block, perGroup(8));
  if (layer.stride === 1 && outputs < inputs) return batchBlockedGradient(block, 'dy', perGroup(1));
  return batchBlockedGradient(block, 'x', perGroup(height >= 32 ? 1 : height >= 16 ? 2 : 8));
}
