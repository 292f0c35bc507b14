import { requireMemory } from '../../core/memory.js';
import type { Target } from '../problem/target.js';
import { type Construction, requireProjection, requireShapes } from '../search/construction.js';
import { requireDrawable, sampleCount } from '../search/network.js';
import type { StrategyName } from '../search/strategies/index.js';
import { largestBlock } from './blocks.js';
import type { Simulator } from './trials.js';

/** How trials of a strategy are drawn if nothing else is asked for. */
export const defaultSimulator = (strategy: StrategyName): Simulator =>
  strategy === 'projection' ? 'outcome' : 'blocks';

/** Samples that a simulator holds at a time. @throws InputError unless it can draw trials of a construction at all */
export function requireSimulator(construction: Construction, simulator: Simulator): number {
  if (simulator === 'outcome') {
    requireProjection(construction, "the simulator 'outcome'");
    return 0;
  }
  const samples = simulator === 'draws' ? sampleCount(construction) : largestBlock(construction);
  requireDrawable(samples);
  return samples;
}

/** @throws InputError unless a simulator can run trials of a construction in so many threads */
export function requireSimulable(
  construction: Construction,
  target: Target,
  simulator: Simulator,
  workers = 1,
): void {
  requireShapes(construction, target);
  const samples = requireSimulator(construction, simulator);
  if (samples === 0) return;
  requireMemory(
    `${workers === 1 ? 'one worker' : `${workers} workers`} with ${samples.toPrecision(3)} samples each`,
    workers * 8 * samples,
    'pass fewer --workers',
  );
}
