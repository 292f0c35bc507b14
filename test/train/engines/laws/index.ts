import { type Create, lightNetwork, network } from '../small-engine.js';
import { gradientLaws, LIGHT_CASES } from './gradients.js';
import { describe } from './harness.js';
import { networkLaws } from './networks.js';
import { ruleLaws } from './rules.js';
import { stateLaws } from './state.js';

/**
 * What holds for every engine, on every hardware.
 *
 * @param size `light` for hardware that takes long to build a graph, such as a program that stands for a GPU: every law, on fewer and smaller networks
 */
export function engineLaws(name: string, create: Create, size: 'whole' | 'light' = 'whole'): void {
  const light = size === 'light';
  describe(name, () => {
    stateLaws(create, light ? lightNetwork : network);
    gradientLaws(create, light ? LIGHT_CASES : undefined, light ? 6 : 25);
    networkLaws(create, light ? 6 : 25);
    ruleLaws(create);
  });
}
