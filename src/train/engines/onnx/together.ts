import { requireInteger } from '../../../core/errors.js';
import { type NetworkDescription, sizeOf, weightLayers, weightShape } from '../../networks/description.js';
import type { EngineOptions } from '../engine.js';
import type { Provider } from './providers.js';

/** So many that what a chunk costs once (the state's way to the device, a wait) is small beside its steps, and its results are not long in coming. */
const MOST = 16;
/** What the noise of a chunk may take, in bytes. */
const MOST_NOISE = 2 ** 28;

/**
 * How many steps an engine takes together: as told; else {@link MOST} where the state lies, or has to go, to a device for them, fewer where the
 * noise of a rule that draws its masks would take more than {@link MOST_NOISE}; 1 on all else, where a step gains nothing by others. What their images
 * take is the loop's to limit.
 *
 * @throws InputError for a number out of range
 */
export function stepsTogether(
  network: NetworkDescription,
  { together, rule }: EngineOptions & { readonly together?: number },
  provider: Provider,
): number {
  if (together !== undefined) return requireInteger('together', together, 1, 1024);
  if (provider !== 'cuda' && provider !== 'webgpu') return 1;
  if (rule?.selection.kind !== 'drawn') return MOST;
  const weights = weightLayers(network).reduce((sum, layer) => sum + sizeOf(weightShape(layer)), 0);
  return Math.min(MOST, Math.max(1, Math.floor(MOST_NOISE / (4 * weights))));
}
