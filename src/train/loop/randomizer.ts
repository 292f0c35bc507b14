import type { Engine } from '../engines/engine.js';
import { sizeOf, type WeightLayer, weightLayers, weightShape } from '../networks/description.js';
import type { Distribution } from '../prune/distributions.js';
import { choiceStream, offeredWeights } from '../prune/offered.js';
import { randomizePartial } from '../prune/randomize.js';

/** How and when the weights are drawn anew. */
export interface RandomizerSpec {
  readonly seed: number;
  readonly param: Distribution;
  /** K_per, in iterations. */
  readonly period: number;
  /** r, the probability that a pruned weight is drawn anew. */
  readonly rate: number;
}

/** IteRand's randomization of a whole network (Algorithm 3), which keeps who drew each weight last. */
export class Randomizer {
  /** By layer: number of the randomization that drew each weight last, 0 for the initial draw. */
  readonly touched: ReadonlyMap<string, Int32Array>;
  /** Randomizations done. */
  count = 0;
  readonly #layers: readonly WeightLayer[];

  constructor(
    readonly engine: Engine,
    readonly spec: RandomizerSpec,
  ) {
    this.#layers = weightLayers(engine.network);
    this.touched = new Map(this.#layers.map((l) => [l.name, new Int32Array(sizeOf(weightShape(l)))]));
  }

  /** Whether the weights are drawn anew before iteration `step`, counted from 0. */
  due(step: number): boolean {
    return (step + 1) % this.spec.period === 0;
  }

  /** Draws pruned weights anew, layer by layer. Returns a function that takes it back, as if it had not been. */
  apply(): () => void {
    const { seed, param, rate } = this.spec;
    const number = ++this.count;
    const undo = this.#layers.map((layer) => {
      const before = this.engine.read(`${layer.name}.weight`);
      const { weights, replaced } = randomizePartial(before, this.engine.mask(layer.name), rate, {
        fresh: offeredWeights(seed, layer, number, param),
        choice: choiceStream(seed, layer, number),
      });
      this.engine.write(`${layer.name}.weight`, weights);
      const touched = this.touched.get(layer.name)!;
      const values = Float32Array.from(replaced, (place) => before[place]!);
      const numbers = Int32Array.from(replaced, (place) => touched[place]!);
      for (const place of replaced) touched[place] = number;
      return () => this.#putBack(layer.name, replaced, values, numbers);
    });
    return () => {
      for (const layer of undo) layer();
      this.count--;
    };
  }

  #putBack(layer: string, places: Int32Array, values: Float32Array, numbers: Int32Array): void {
    const weights = this.engine.read(`${layer}.weight`);
    const touched = this.touched.get(layer)!;
    for (const [i, place] of places.entries()) {
      weights[place] = values[i]!;
      touched[place] = numbers[i]!;
    }
    this.engine.write(`${layer}.weight`, weights);
  }
}
