import type { NetworkDescription } from '../../networks/description.js';
import { type StateTensor, stateTensors } from '../../networks/tensors.js';
import type { EngineOptions } from '../engine.js';
import type { Planner, StoredLayout } from './planner.js';

/** How every tensor of the state lies in memory under a planner, by name. */
export function storedLayouts(
  network: NetworkDescription,
  options: EngineOptions,
  planner: Planner,
): ReadonlyMap<string, StoredLayout> {
  const convs = new Map(
    network.layers.flatMap((l) =>
      l.type === 'conv' ? [[l.name, planner.conv(l, { batch: 1, training: true }).stored]] : [],
    ),
  );
  const planar = (t: StateTensor) => t.shape.length === 4;
  return new Map(
    stateTensors(network, options.mode).map((t) => [
      t.name,
      planar(t) ? convs.get(t.layer)! : { shape: t.shape },
    ]),
  );
}
