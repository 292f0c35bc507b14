import type { Planner } from '../planner.js';
import { deviceNorm } from './device-norm.js';
import { productConv } from './product-conv.js';
import { standardPlanner } from './standard.js';
import { standardConv } from './standard-conv.js';

/**
 * For a device beside the host (a GPU): standard operators, none of which leaves the device, and few for batch norm. onnxruntime's WebGPU
 * provider (1.30) ignores padding of a 1x1 convolution that lies only after the plane, so it is added by a Pad behind the convolution.
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
