import type { Engine } from '../engines/engine.js';
import { layerMasks } from '../engines/masks.js';
import { sizeOf, type WeightLayer, weightLayers, weightShape } from '../networks/description.js';
import type { Distribution } from '../prune/distributions.js';
import { choiceStream, offeredWeights } from '../prune/offered.js';
import { randomizePartial } from '../prune/randomize.js';
import { isDue, type Refresher, type RefreshSpec, requireRefreshSpec, writeRefreshed } from './refresher.js';

/** How and when the weights are drawn anew. */
export interface RandomizerSpec extends RefreshSpec {
  readonly param: Distribution;
}

/** IteRand's randomization of a whole network (Algorithm 3), which keeps who drew each weight last. */
export class Randomizer implements Refresher {
  readonly touched: ReadonlyMap<string, Int32Array>;
  count = 0;
  readonly #layers: readonly WeightLayer[];

  /** @throws InputError for a seed or period that is missing or out of range */
  constructor(
    readonly engine: Engine,
    readonly spec: RandomizerSpec,
  ) {
    requireRefreshSpec(spec);
    this.#layers = weightLayers(engine.network);
    this.touched = new Map(this.#layers.map((l) => [l.name, new Int32Array(sizeOf(weightShape(l)))]));
  }

  due(step: number): boolean {
    return isDue(step, this.spec.period);
  }

  /** Draws pruned weights anew, layer by layer. */
  async apply(): Promise<() => Promise<void>> {
    const number = ++this.count;
    // Masks first: fresh scores of one layer would move the threshold of all.
    const masks = await layerMasks(this.engine);
    const undo: (() => Promise<void>)[] = [];
    for (const layer of this.#layers) undo.push(await this.#randomize(layer, masks.get(layer.name)!, number));
    return async () => {
      for (const layer of undo) await layer();
      this.count--;
    };
  }

  async #randomize(layer: WeightLayer, mask: Uint8Array, number: number): Promise<() => Promise<void>> {
    const { seed, param, rate } = this.spec;
    const before = await this.engine.read(`${layer.name}.weight`);
    const randomized = randomizePartial(before, mask, rate, {
      fresh: offeredWeights(seed, layer, number, param),
      choice: choiceStream(seed, layer, number),
    });
    const undo = await writeRefreshed(this.engine, layer, before, randomized, number, this.spec);
    const touched = this.touched.get(layer.name)!;
    const { replaced } = randomized;
    const numbers = Int32Array.from(replaced, (place) => touched[place]!);
    for (const place of replaced) touched[place] = number;
    return async () => {
      await undo();
      for (const [i, place] of replaced.entries()) touched[place] = numbers[i]!;
    };
  }
}
