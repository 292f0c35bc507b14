import type { Planner } from '../planner.js';
import { productConv } from './product-conv.js';
import { standardPlanner } from './standard.js';

/** For a device beside the host (a GPU): standard operators, none of which leaves the device. */
export const devicePlanner: Planner = { ...standardPlanner, name: 'device', onDevice: true };

/** For CUDA, whose convolutions have fast gradients of their own: as {@link devicePlanner}, with those. */
export const productPlanner: Planner = { ...devicePlanner, name: 'product', conv: productConv };
