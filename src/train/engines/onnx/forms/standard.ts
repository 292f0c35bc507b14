import type { Planner } from '../planner.js';
import { standardConv } from './standard-conv.js';
import { standardNorm } from './standard-norm.js';
import { standardPool } from './standard-pool.js';

/** Standard operators throughout: runs on every provider and is what faster formulations are tested against. */
export const standardPlanner: Planner = {
  name: 'standard',
  conv: (layer) => standardConv(layer),
  norm: standardNorm,
  maxPool: standardPool,
};
