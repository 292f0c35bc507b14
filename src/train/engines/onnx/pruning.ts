import type { NoiseSource } from '../../prune/noise.js';
import type { Rule } from '../../prune/rules/rule.js';
import { hasNonFinite } from '../../prune/select.js';
import type { EngineOptions } from '../engine.js';
import { missingNoise } from '../options.js';
import type { Tensor } from './library.js';
import type { StateStore } from './state.js';
import { DeviceThresholds, type Late, type Thresholds } from './thresholds.js';

/** What lies beside a step's graph for a rule: thresholds and noise. */
export class Pruning {
  #sparsity: number | undefined;
  #thresholds: Tensor | undefined;
  readonly #noise = new Map<string, Float32Array>();

  /**
   * @param layers the weight layers, in the network's order
   * @param source of thresholds, for a rule that keeps the top
   */
  constructor(
    readonly rule: Rule,
    options: EngineOptions,
    readonly layers: readonly string[],
    readonly state: StateStore,
    readonly source: Thresholds | undefined,
  ) {
    this.#sparsity = options.sparsity;
  }

  get sparsity(): number | undefined {
    return this.#sparsity;
  }

  setSparsity(sparsity: number): void {
    if (sparsity === this.#sparsity) return;
    this.#sparsity = sparsity;
    this.forget();
  }

  /** The scores are others from now on. */
  forget(): void {
    this.#thresholds?.dispose();
    this.#thresholds = undefined;
  }

  /** A step has been taken. */
  stepped(): void {
    if (this.rule.scoreGradient) this.forget();
  }

  /** The threshold of every layer, in their order. */
  async thresholds(): Promise<Tensor> {
    if (!this.source) throw new RangeError('a drawn mask has no threshold');
    this.#thresholds ??= await this.source.select(this.#sparsity!);
    return this.#thresholds;
  }

  /** As {@link thresholds}, without waiting for a device; undefined where there is none, or steps leave the scores as they are. */
  async late(): Promise<Late | undefined> {
    if (!(this.source instanceof DeviceThresholds) || !this.rule.scoreGradient) return undefined;
    return this.source.late(this.#sparsity!);
  }

  /** A layer's noise in several steps, one after another, each lying in memory as its score. Valid until the next call for that layer. */
  noise(layer: string, sources: readonly (NoiseSource | undefined)[]): Float32Array {
    const { size } = this.state.slots.get(`${layer}.score`).current;
    let all = this.#noise.get(layer);
    if (all?.length !== sources.length * size) all = new Float32Array(sources.length * size);
    this.#noise.set(layer, all);
    for (const [i, source] of sources.entries()) {
      if (source === undefined) throw missingNoise(this.rule);
      const own = all.subarray(i * size, (i + 1) * size);
      this.state.fill(`${layer}.score`, own, (out) => source(layer, out));
    }
    return all;
  }

  /**
   * A score that is not finite would silently prune its weight, and the loss stay finite.
   *
   * @param told by the graph: 0 for every layer whose scores are finite, else NaN; without it they are looked through here
   */
  nonFiniteScores(told?: Float32Array): string | undefined {
    if (!this.rule.scoreGradient) return undefined;
    const layer = this.layers.find((l, i) =>
      told ? told[i] !== 0 : hasNonFinite(this.state.slots.spare(`${l}.score`).data as Float32Array),
    );
    return layer && `the scores of ${layer} are not finite after it`;
  }

  async release(): Promise<void> {
    this.forget();
    await this.source?.release();
  }
}
