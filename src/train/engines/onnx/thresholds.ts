import { sizeOf } from '../../../core/shape.js';
import { thresholdRank } from '../../prune/mask.js';
import type { TopSelection } from '../../prune/rules/rule.js';
import { type Scope, thresholdsOf } from '../../prune/thresholds.js';
import { bisected, extremes, MOST_COUNTED } from './bisection.js';
import { Graph, type Value } from './graph.js';
import { type InferenceSession, type Tensor, toTensor } from './library.js';
import { THRESHOLDS } from './model.js';
import type { Provider } from './providers.js';
import { graphOps } from './rule-ops.js';
import { createSession } from './session.js';
import type { State, StateStore } from './state.js';

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

/** Says of every layer whether bisection has its threshold: 1, or 0 where keys lie too close together. */
const FOUND = 'found';

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
    readonly state: StateStore,
    readonly provider: Provider,
  ) {}

  async select(sparsity: number): Promise<Tensor> {
    const sessions = await this.#open(sparsity);
    const feeds = this.state.slots.feeds(this.layers.map((layer) => `${layer}.score`));
    if (sessions.bisection) {
      const result = await sessions.bisection.run(feeds);
      if ((result[FOUND]!.data as Float32Array).every((found) => found === 1)) return result[THRESHOLDS]!;
      result[THRESHOLDS]!.dispose();
    }
    sessions.topK ??= await this.#session(sparsity, 'topK');
    return (await sessions.topK.run(feeds))[THRESHOLDS]!;
  }

  async release(): Promise<void> {
    await this.#sessions?.bisection?.release();
    await this.#sessions?.topK?.release();
    this.#sessions = undefined;
  }

  async #open(sparsity: number): Promise<Sessions> {
    if (this.#sessions?.sparsity === sparsity) return this.#sessions;
    await this.release();
    const size = (layer: string) => this.state.slots.get(`${layer}.score`).current.size;
    const sizes = this.layers.map(size);
    const largest = this.scope === 'layer' ? Math.max(...sizes) : sizes.reduce((a, b) => a + b, 0);
    this.#sessions =
      largest < MOST_COUNTED
        ? { sparsity, bisection: await this.#session(sparsity, 'bisection') }
        : { sparsity };
    return this.#sessions;
  }

  #session(sparsity: number, by: 'bisection' | 'topK'): Promise<InferenceSession> {
    const graph = new Graph();
    const ops = graphOps(graph);
    const keys = this.layers.map((layer) => {
      const { shape } = this.state.slots.get(`${layer}.score`).layout;
      const key = this.selection.key(ops, graph.input(`${layer}.score`, shape));
      return graph.reshape(key, [sizeOf(shape)]);
    });
    const ranked = this.scope === 'layer' ? keys : [graph.concat(keys, 0)];
    const ranks = ranked.map(({ shape }) => thresholdRank(shape[0]!, sparsity));
    const selected =
      by === 'topK'
        ? {
            thresholds: graph.concat(
              ranked.map((key, i) => kthSmallest(graph, key, ranks[i]!)),
              0,
            ),
          }
        : bisected(graph, ranked, ranks);
    // A layer that the threshold of all would empty keeps its largest key.
    const thresholds =
      this.scope === 'layer'
        ? selected.thresholds
        : graph.node('Min', [selected.thresholds, extremes(graph, 'ReduceMax', keys)], [keys.length]);
    graph.output(THRESHOLDS, thresholds);
    if ('found' in selected) graph.output(FOUND, selected.found);
    return createSession(graph.build(), this.provider, 1, {
      resident: { [THRESHOLDS]: 'gpu-buffer', ...('found' in selected ? { [FOUND]: 'cpu' } : {}) },
    });
  }
}

/** The k-th smallest of a vector, [1]: the last of the k smallest or of the n - k + 1 largest, whichever are fewer. */
function kthSmallest(graph: Graph, values: Value, k: number): Value {
  const n = values.shape[0]!;
  const largest = n - k + 1 < k;
  const count = largest ? n - k + 1 : k;
  const [sorted] = graph.nodes('TopK', [values, graph.ints([count])], [[count], [count]], {
    attributes: { axis: 0, largest: largest ? 1 : 0 },
  });
  return graph.slice(sorted!, 0, count - 1, count);
}
