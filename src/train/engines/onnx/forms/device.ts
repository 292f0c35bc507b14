import type { Planner } from '../planner.js';
import { deviceNorm } from './device-norm.js';
import { productConv } from './product-conv.js';
import { standardPlanner } from './standard.js';
import { standardConv } from './standard-conv.js';

/**
 * For a device beside the host (a GPU): standard operators, none of which leaves the device, and few for batch norm. Without zeros before it, onnxruntime's WebGPU provider forgets those
 * after the plane of a convolution of single pixels (1.30).
 */
export const devicePlanner: Planner = {
  ...standardPlanner,
  name: 'device',
  onDevice: true,
  conv: (layer) => standardConv(layer, true),
  norm: deviceNorm,
};

/** For CUDA, whose convolutions have fast gradients of their own: as {@link devicePlanner}, with those. */
export const productPlanner: Planner = { ...devicePlanner, name: 'product', conv: productConv };
