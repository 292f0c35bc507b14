import type { TopSelection } from '../../prune/rules/rule.js';
import { type Scope, thresholdsOf } from '../../prune/thresholds.js';
import type { DeviceState } from './device-state.js';
import { Graph } from './graph.js';
import { type InferenceSession, type Tensor, toTensor } from './library.js';
import { FOUND, THRESHOLDS } from './ports.js';
import type { Provider } from './providers.js';
import { createSession } from './session.js';
import type { State } from './state.js';
import { countable, emitThresholds } from './threshold-nodes.js';

/** Selects the thresholds of the current scores. */
export interface Thresholds {
  /** The threshold of every layer, [layers]. */
  select(sparsity: number): Tensor | Promise<Tensor>;
  release(): Promise<void>;
}

/** On the host: a few ms for all layers, where TopK in the CPU's graph costs up to 20. */
export class HostThresholds implements Thresholds {
  constructor(
    readonly selection: TopSelection,
    readonly scope: Scope,
    readonly layers: readonly string[],
    readonly state: State,
  ) {}

  select(sparsity: number): Tensor {
    const scores = this.layers.map((layer) => this.state.stored(`${layer}.score`));
    return toTensor(thresholdsOf(this.selection, this.scope, sparsity, scores), [this.layers.length]);
  }

  async release(): Promise<void> {}
}

/** Thresholds that lie on the device. */
export interface Late {
  readonly thresholds: Tensor;
  /** On the device too: 1 for each that is right, else 0; undefined where all are. */
  readonly found: Tensor | undefined;
}

type Sessions = { readonly sparsity: number; readonly bisection?: InferenceSession; topK?: InferenceSession };

/**
 * On the device that has the scores, bit for bit the host's thresholds; they stay there. By bisection, which was 8 times as fast as TopK where
 * it was measured, and which tells where it did not find the threshold; TopK does then.
 */
export class DeviceThresholds implements Thresholds {
  #sessions: Sessions | undefined;

  constructor(
    readonly selection: TopSelection,
    readonly scope: Scope,
    readonly layers: readonly string[],
    readonly state: DeviceState,
    readonly provider: Provider,
  ) {}

  async select(sparsity: number): Promise<Tensor> {
    const { thresholds, found } = await this.late(sparsity);
    if (found === undefined) return thresholds;
    const right = (await this.state.copies.download(found)).every((f) => f === 1);
    found.dispose();
    if (right) return thresholds;
    thresholds.dispose();
    return this.#byTopK(await this.#open(sparsity));
  }

  /** Does not wait for the device: whether they were found is to be looked at later. */
  async late(sparsity: number): Promise<Late> {
    const sessions = await this.#open(sparsity);
    if (!sessions.bisection) return { thresholds: await this.#byTopK(sessions), found: undefined };
    const result = await sessions.bisection.run(this.#feeds());
    return { thresholds: result[THRESHOLDS]!, found: result[FOUND]! };
  }

  async release(): Promise<void> {
    await this.#sessions?.bisection?.release();
    await this.#sessions?.topK?.release();
    this.#sessions = undefined;
  }

  #feeds(): Record<string, Tensor> {
    return this.state.slots.feeds(this.layers.map((layer) => `${layer}.score`));
  }

  async #byTopK(sessions: Sessions): Promise<Tensor> {
    sessions.topK ??= await this.#session(sessions.sparsity, 'topK');
    return (await sessions.topK.run(this.#feeds()))[THRESHOLDS]!;
  }

  async #open(sparsity: number): Promise<Sessions> {
    if (this.#sessions?.sparsity === sparsity) return this.#sessions;
    await this.release();
    const sizes = this.layers.map((layer) => this.state.slots.get(`${layer}.score`).current.size);
    this.#sessions = countable(this.scope, sizes)
      ? { sparsity, bisection: await this.#session(sparsity, 'bisection') }
      : { sparsity };
    return this.#sessions;
  }

  #session(sparsity: number, by: 'bisection' | 'topK'): Promise<InferenceSession> {
    const graph = new Graph();
    const scores = this.layers.map((layer) => {
      const score = `${layer}.score`;
      return graph.input(score, this.state.slots.get(score).layout.shape);
    });
    const { thresholds, found } = emitThresholds(
      graph,
      { selection: this.selection, scope: this.scope, sparsity },
      scores,
      by,
    );
    graph.output(THRESHOLDS, thresholds);
    if (found) graph.output(FOUND, found);
    return createSession(graph.build(), this.provider, 1, {
      resident: { [THRESHOLDS]: 'gpu-buffer', ...(found ? { [FOUND]: 'gpu-buffer' } : {}) },
    });
  }
}
