import { type Stream, stream } from '../../core/rng.js';
import type { Engine } from '../engines/engine.js';
import { sizeOf, type WeightLayer, weightLayers, weightShape } from '../networks/description.js';
import { type Distribution, draw } from '../prune/distributions.js';
import { chosenPlaces, randomizePartial } from '../prune/randomize.js';

/** The initial draw, as the number of a randomization; those of the run count from 1. */
export const INITIAL = 0;

/**
 * The values that a randomization offers for a layer's weights, one a weight whether it is taken or not, so that a weight can be
 * drawn again from its address (seed, layer, number, place) alone. Number {@link INITIAL} gives the initial weights.
 */
export function offeredWeights(
  seed: number,
  layer: WeightLayer,
  number: number,
  distribution: Distribution,
): Float32Array {
  const address = number === INITIAL ? ['weights', layer.name] : ['randomize', layer.name, number];
  return draw(distribution, layer.fanIn, sizeOf(weightShape(layer)), stream(seed, ...address));
}

/** The places of a layer that a randomization replaces where they are pruned (1, else 0): no mask is needed to know them. */
export function chosenWeights(seed: number, layer: WeightLayer, number: number, rate: number): Uint8Array {
  return chosenPlaces(choice(seed, layer, number), sizeOf(weightShape(layer)), rate);
}

function choice(seed: number, layer: WeightLayer, number: number): Stream {
  return stream(seed, 'choose', layer.name, number);
}

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
  /** By layer: number of the randomization that drew each weight last, {@link INITIAL} for the initial draw. */
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

  /** Draws pruned weights anew, layer by layer. */
  apply(): void {
    const { seed, param, rate } = this.spec;
    const number = ++this.count;
    for (const layer of this.#layers) {
      const { weights, replaced } = randomizePartial(
        this.engine.read(`${layer.name}.weight`),
        this.engine.mask(layer.name),
        rate,
        {
          fresh: offeredWeights(seed, layer, number, param),
          choice: stream(seed, 'choose', layer.name, number),
        },
      );
      this.engine.write(`${layer.name}.weight`, weights);
      const touched = this.touched.get(layer.name)!;
      for (const place of replaced) touched[place] = number;
    }
  }
}
