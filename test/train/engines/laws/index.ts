import { describe } from 'vitest';
import type { Create } from '../small-engine.js';
import { gradientLaws } from './gradients.js';
import { networkLaws } from './networks.js';
import { ruleLaws } from './rules.js';
import { stateLaws } from './state.js';

/** What holds for every engine, on every hardware. */
export function engineLaws(name: string, create: Create): void {
  describe(name, () => {
    stateLaws(create);
    gradientLaws(create);
    networkLaws(create);
    ruleLaws(create);
  });
}
