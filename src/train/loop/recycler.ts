import type { Engine } from '../engines/engine.js';
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
  apply(): () => void {
    const { engine, spec } = this;
    const { rate, pairing = 'rank' } = spec;
    const rule = engine.options.rule!;
    const number = ++this.count;
    const layers = weightLayers(engine.network);
    const masks = layers.map((layer) => engine.mask(layer.name));
    const undo = layers.map((layer, i) => {
      const before = engine.read(`${layer.name}.weight`);
      const keys = rankingKeys(rule, engine.read(`${layer.name}.score`));
      const recycled = recycle(before, masks[i]!, keys, rate, pairing);
      return writeRefreshed(engine, layer, before, recycled, number, spec);
    });
    return () => {
      for (const layer of undo) layer();
      this.count--;
    };
  }
}
