import type { NoiseSource } from '../../prune/noise.js';
import type { Ops } from '../../prune/rules/ops.js';
import type { EngineOptions } from '../engine.js';
import { missingNoise } from '../options.js';
import type { Device } from './device.js';
import type { TensorState } from './state.js';
import type { Tensor } from './tensor.js';
import { selectThresholds } from './thresholds.js';

/** What an engine's rule makes of its scores: thresholds, kept until the scores change, masks, and the weights that the network computes with. */
export class TensorPruning {
  #thresholds: readonly Tensor[] | undefined;
  #sparsity: number | undefined;

  /** @param options an engine's; without a rule in sgd mode */
  constructor(
    readonly device: Device,
    readonly ops: Ops<Tensor>,
    readonly options: EngineOptions,
    readonly layers: readonly string[],
    readonly state: TensorState,
  ) {
    this.#sparsity = options.mode === 'sgd' ? undefined : options.sparsity;
  }

  get sparsity(): number | undefined {
    return this.#sparsity;
  }

  setSparsity(sparsity: number): void {
    if (sparsity !== this.#sparsity) this.forget();
    this.#sparsity = sparsity;
  }

  /** The scores are to change, or have. */
  forget(): void {
    this.device.tf.dispose(this.#thresholds ?? []);
    this.#thresholds = undefined;
  }

  /** The thresholds of the scores now, a layer each; none for a rule without. */
  async thresholds(): Promise<readonly Tensor[]> {
    const { rule, scope = 'layer' } = this.options;
    if (rule?.selection.kind !== 'top') return [];
    const { selection } = rule;
    if (this.#thresholds) return this.#thresholds;
    const { tf, select } = this.device;
    await this.device.use();
    // A key may be the score itself, which is not to be given up with it.
    const keys = this.layers.map((layer) =>
      tf.tidy(() => {
        const key = selection.key(this.ops, this.state.get(`${layer}.score`));
        return tf.reshape(key, [key.size]);
      }),
    );
    this.#thresholds = await selectThresholds(tf, select, scope, this.#sparsity!, keys);
    return this.#thresholds;
  }

  /** The noise that a step's masks are drawn by, by layer; none for a rule that draws none. @throws InputError where it is missing */
  noise(source: NoiseSource | undefined): ReadonlyMap<string, Tensor> {
    const { rule } = this.options;
    const drawn = new Map<string, Tensor>();
    if (rule?.selection.kind !== 'drawn') return drawn;
    if (source === undefined) throw missingNoise(rule);
    for (const layer of this.layers) {
      const score = `${layer}.score`;
      const values = new Float32Array(this.state.get(score).size);
      source(layer, values);
      drawn.set(layer, this.state.place(score, values));
    }
    return drawn;
  }

  /**
   * By layer: its mask, in score mode, and the weight that the network computes with.
   *
   * @param noise of a training step; without it masks are those of an evaluation
   */
  weights(thresholds: readonly Tensor[], noise: ReadonlyMap<string, Tensor> | undefined) {
    const { ops, state } = this;
    const { rule } = this.options;
    const masks = new Map<string, Tensor>();
    const weights = new Map<string, Tensor>();
    for (const [i, layer] of this.layers.entries()) {
      const weight = state.get(`${layer}.weight`);
      weights.set(layer, weight);
      if (!rule) continue;
      const { selection } = rule;
      const score = state.get(`${layer}.score`);
      const mask =
        selection.kind === 'top'
          ? ops.atLeast(selection.key(ops, score), thresholds[i]!)
          : noise
            ? selection.mask(ops, score, noise.get(layer)!)
            : selection.settled(ops, score);
      masks.set(layer, mask);
      weights.set(layer, rule.effective(ops, { weight, mask }));
    }
    return { masks, weights };
  }
}
