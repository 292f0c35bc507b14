import type { NoiseSource } from '../../prune/noise.js';
import type { Rule } from '../../prune/rules/rule.js';
import { hasNonFinite } from '../../prune/select.js';
import { type Scope, thresholdsOf } from '../../prune/thresholds.js';
import type { EngineOptions } from '../engine.js';
import { missingNoise } from '../options.js';
import { type Tensor, toTensor } from './library.js';
import type { State } from './state.js';

/** What the host does for a rule: thresholds and noise. */
export class Pruning {
  #sparsity: number | undefined;
  #thresholds: Tensor | undefined;
  readonly #noise = new Map<string, Tensor>();
  readonly #scope: Scope;

  /** @param layers the weight layers, in the network's order */
  constructor(
    readonly rule: Rule,
    options: EngineOptions,
    readonly layers: readonly string[],
    readonly state: State,
  ) {
    this.#scope = options.scope ?? 'layer';
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
    this.#thresholds = undefined;
  }

  /** A step has been taken. */
  stepped(): void {
    if (this.rule.scoreGradient) this.forget();
  }

  /** The threshold of every layer. Selected on the host: a few ms for all layers, where TopK in the graph costs up to 20. */
  thresholds(): Tensor {
    const { selection } = this.rule;
    if (selection.kind !== 'top') throw new RangeError('a drawn mask has no threshold');
    this.#thresholds ??= toTensor(
      thresholdsOf(
        selection,
        this.#scope,
        this.#sparsity!,
        this.layers.map((layer) => this.state.stored(`${layer}.score`)),
      ),
      [this.layers.length],
    );
    return this.#thresholds;
  }

  /** A layer's noise as a tensor like its score. */
  noise(layer: string, source: NoiseSource | undefined): Tensor {
    if (source === undefined) throw missingNoise(this.rule);
    const { dims, data } = this.state.feeds([`${layer}.score`])[`${layer}.score`]!;
    const known = this.#noise.get(layer) ?? toTensor(new Float32Array(data.length), dims);
    this.#noise.set(layer, known);
    this.state.fill(`${layer}.score`, known.data as Float32Array, (out) => source(layer, out));
    return known;
  }

  /** A score that is not finite would silently prune its weight, and the loss stay finite. */
  nonFiniteScores(): string | undefined {
    if (!this.rule.scoreGradient) return undefined;
    const layer = this.layers.find((l) => hasNonFinite(this.state.spare(`${l}.score`).data as Float32Array));
    return layer && `the scores of ${layer} are not finite after it`;
  }
}
