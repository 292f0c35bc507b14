import type { MathJsInstance } from 'mathjs';
import { requireCommonJs } from '../../core/host.js';

let instance: MathJsInstance | undefined;

/**
 * mathjs with 64-digit big numbers, compared to 60 digits (ceil counts what is within tolerance of an integer as one), loaded on first use: it takes most of a second, and most calls need none of it.
 */
export function mathjs(): MathJsInstance {
  if (instance === undefined) {
    const { create, all } = requireCommonJs('mathjs') as typeof import('mathjs');
    instance = create(all!, { number: 'BigNumber', precision: 64, relTol: 1e-60, absTol: 1e-63 });
  }
  return instance;
}
