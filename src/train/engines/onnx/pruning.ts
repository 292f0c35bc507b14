import type { NoiseSource } from '../../prune/noise.js';
import type { Rule } from '../../prune/rules/rule.js';
import { hasNonFinite } from '../../prune/select.js';
import type { EngineOptions } from '../engine.js';
import { missingNoise } from '../options.js';
import { type Tensor, toTensor } from './library.js';
import type { StateStore } from './state.js';
import type { Thresholds } from './thresholds.js';

/** What lies beside a step's graph for a rule: thresholds and noise. */
export class Pruning {
  #sparsity: number | undefined;
  #thresholds: Tensor | undefined;
  readonly #noise = new Map<string, Tensor>();

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

  /** A layer's noise as a tensor like its score. */
  noise(layer: string, source: NoiseSource | undefined): Tensor {
    if (source === undefined) throw missingNoise(this.rule);
    const { dims, size } = this.state.slots.get(`${layer}.score`).current;
    const known = this.#noise.get(layer) ?? toTensor(new Float32Array(size), dims);
    this.#noise.set(layer, known);
    this.state.fill(`${layer}.score`, known.data as Float32Array, (out) => source(layer, out));
    return known;
  }

  /**
   * A score that is not finite would silently prune its weight, and the loss stay finite.
   *
   * @param told by the graph: 0 for every layer whose scores are finite, else NaN; without it they are looked through here
   */
  nonFiniteScores(told?: Float32Array): string | undefined {
    if (!this.rule.scoreGradient) return undefined;
    const layer = this.layers.find((l, i) =>
      told ? told[i] !== 0 : hasNonFinite(this.state.slots.spare(`${l}.score`)!.data as Float32Array),
    );
    return layer && `the scores of ${layer} are not finite after it`;
  }

  async release(): Promise<void> {
    this.forget();
    await this.source?.release();
  }
}
