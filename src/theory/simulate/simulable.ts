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

/** @throws InputError unless a simulator can run trials of a construction in so many threads */
export function requireSimulable(
  construction: Construction,
  target: Target,
  simulator: Simulator,
  workers = 1,
): void {
  requireShapes(construction, target);
  if (simulator === 'outcome') {
    requireProjection(construction, "the simulator 'outcome'");
    return;
  }
  const samples = simulator === 'draws' ? sampleCount(construction) : largestBlock(construction);
  requireDrawable(samples);
  requireMemory(
    `${workers === 1 ? 'one worker' : `${workers} workers`} with ${samples.toPrecision(3)} samples each`,
    workers * 8 * samples,
    'pass fewer --workers',
  );
}
