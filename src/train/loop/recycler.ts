import type { Engine } from '../engines/engine.js';
import { layerMasks } from '../engines/masks.js';
import { weightLayers } from '../networks/description.js';
import { recycle } from '../prune/recycle.js';
import type { Pairing } from '../prune/refreshes.js';
import { rankingKeys } from '../prune/thresholds.js';
import { isDue, type Refresher, type RefreshSpec, requireRefreshSpec, writeRefreshed } from './refresher.js';

/** How and when weights are recycled. */
export interface RecyclerSpec extends RefreshSpec {
  /** Default `rank`. */
  readonly pairing?: Pairing | undefined;
}

/** Iterative Weight Recycling of a whole network. What a weight is depends on all recyclings before, so nobody is kept as its drawer. */
export class Recycler implements Refresher {
  readonly touched: ReadonlyMap<string, Int32Array> = new Map();
  count = 0;

  /** @throws InputError for a seed or period that is missing or out of range */
  constructor(
    readonly engine: Engine,
    readonly spec: RecyclerSpec,
  ) {
    requireRefreshSpec(spec);
  }

  due(step: number): boolean {
    return isDue(step, this.spec.period);
  }

  /** Recycles weights, layer by layer. */
  async apply(): Promise<() => Promise<void>> {
    const { engine, spec } = this;
    const { rate, pairing = 'rank' } = spec;
    const rule = engine.options.rule!;
    const number = ++this.count;
    const masks = await layerMasks(engine);
    const undo: (() => Promise<void>)[] = [];
    for (const layer of weightLayers(engine.network)) {
      const before = await engine.read(`${layer.name}.weight`);
      const keys = rankingKeys(rule, await engine.read(`${layer.name}.score`));
      const recycled = recycle(before, masks.get(layer.name)!, keys, rate, pairing);
      undo.push(await writeRefreshed(engine, layer, before, recycled, number, spec));
    }
    return async () => {
      for (const layer of undo) await layer();
      this.count--;
    };
  }
}
