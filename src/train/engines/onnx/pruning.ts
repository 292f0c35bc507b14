import { InputError, requireOneOf } from '../../../core/errors.js';
import { requireSparsity } from '../../prune/mask.js';
import type { NoiseSource } from '../../prune/noise.js';
import { edgePopupRule } from '../../prune/rules/edge-popup.js';
import { requireRule } from '../../prune/rules/require.js';
import type { Rule } from '../../prune/rules/rule.js';
import { hasNonFinite } from '../../prune/select.js';
import {
  effectiveWeight,
  SCOPE_NAMES,
  type Scope,
  settledMask,
  thresholdsOf,
} from '../../prune/thresholds.js';
import type { EngineOptions } from '../engine.js';
import { type Tensor, toTensor } from './library.js';
import { requireGraphRule } from './rule-ops.js';
import type { State } from './state.js';

/** The rule of an engine's options; undefined in sgd mode. @throws InputError where rule, sparsity and scope do not fit together */
export function requirePruning(options: EngineOptions): Rule | undefined {
  const { mode, sparsity, scope, rule = edgePopupRule } = options;
  if (mode === 'sgd') {
    const given = { sparsity: sparsity || undefined, scope, rule: options.rule?.name };
    for (const [key, value] of Object.entries(given))
      if (value !== undefined)
        throw new InputError(`${key} ${value}`, 'nothing is pruned in sgd mode', 'leave it out');
    return undefined;
  }
  requireRule(rule);
  requireGraphRule(rule);
  if (scope !== undefined) requireOneOf('scope', scope, SCOPE_NAMES);
  if (rule.selection.kind === 'top') requireSparsity(sparsity ?? Number.NaN);
  else
    for (const [key, value] of Object.entries({ sparsity, scope }))
      if (value !== undefined) throw unfixed(key, value, rule);
  return rule;
}

const unfixed = (key: string, value: unknown, { name }: Rule) =>
  new InputError(
    `${key} ${value}`,
    `means nothing for the rule '${name}', which draws its masks: nothing fixes how much they keep`,
    'leave it out',
  );

/** What the host does for a rule: thresholds, noise, masks outside of the graph. */
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

  setSparsity(sparsity: number): void {
    if (this.rule.selection.kind !== 'top') throw unfixed('sparsity', sparsity, this.rule);
    if (requireSparsity(sparsity) === this.#sparsity) return;
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
    if (source === undefined)
      throw new InputError(
        `a step without noise`,
        `the rule '${this.rule.name}' draws its masks`,
        'pass the noise of the step, as noiseOfStep makes it',
      );
    const { dims, data } = this.state.feeds([`${layer}.score`])[`${layer}.score`]!;
    const known = this.#noise.get(layer) ?? toTensor(new Float32Array(data.length), dims);
    this.#noise.set(layer, known);
    this.state.fill(`${layer}.score`, known.data as Float32Array, (out) => source(layer, out));
    return known;
  }

  /** In [0, 1], standard layout. */
  settled(layer: string): Float32Array {
    const threshold =
      this.rule.selection.kind === 'top'
        ? (this.thresholds().data as Float32Array)[this.layers.indexOf(layer)]
        : undefined;
    return settledMask(this.rule, this.state.read(`${layer}.score`), threshold);
  }

  effective(layer: string): Float32Array {
    return effectiveWeight(this.rule, this.state.read(`${layer}.weight`), this.settled(layer));
  }

  /** A score that is not finite would silently prune its weight, and the loss stay finite. */
  nonFiniteScores(): string | undefined {
    if (!this.rule.scoreGradient) return undefined;
    const layer = this.layers.find((l) => hasNonFinite(this.state.spare(`${l}.score`).data as Float32Array));
    return layer && `the scores of ${layer} are not finite after it`;
  }
}
