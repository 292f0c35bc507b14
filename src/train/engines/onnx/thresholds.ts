import { sizeOf } from '../../../core/shape.js';
import { thresholdRank } from '../../prune/mask.js';
import type { TopSelection } from '../../prune/rules/rule.js';
import { type Scope, thresholdsOf } from '../../prune/thresholds.js';
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

/** On the device that has the scores, by TopK: bit for bit the host's thresholds. The result stays there. */
export class DeviceThresholds implements Thresholds {
  #session: { readonly sparsity: number; readonly session: InferenceSession } | undefined;

  constructor(
    readonly selection: TopSelection,
    readonly scope: Scope,
    readonly layers: readonly string[],
    readonly state: StateStore,
    readonly provider: Provider,
  ) {}

  async select(sparsity: number): Promise<Tensor> {
    if (this.#session?.sparsity !== sparsity) {
      await this.release();
      const session = await createSession(this.#model(sparsity), this.provider, 1, {
        resident: { [THRESHOLDS]: 'gpu-buffer' },
      });
      this.#session = { sparsity, session };
    }
    const feeds = this.state.slots.feeds(this.layers.map((layer) => `${layer}.score`));
    return (await this.#session!.session.run(feeds))[THRESHOLDS]!;
  }

  async release(): Promise<void> {
    await this.#session?.session.release();
    this.#session = undefined;
  }

  #model(sparsity: number): Uint8Array {
    const graph = new Graph();
    const ops = graphOps(graph);
    const keys = this.layers.map((layer) => {
      const { shape } = this.state.slots.get(`${layer}.score`).layout;
      const key = this.selection.key(ops, graph.input(`${layer}.score`, shape));
      return graph.reshape(key, [sizeOf(shape)]);
    });
    graph.output(THRESHOLDS, graph.concat(this.scope === 'layer' ? keys.map(one) : together(keys), 0));
    return graph.build();

    function one(key: Value): Value {
      return kthSmallest(graph, key, thresholdRank(key.shape[0]!, sparsity));
    }
    /** A layer that the threshold of all would empty keeps its largest key. */
    function together(all: readonly Value[]): Value[] {
      const threshold = one(graph.concat(all, 0));
      return all.map((key) => {
        const largest = graph.node('ReduceMax', [key], [1], { attributes: { axes: [0], keepdims: 1 } });
        return graph.node('Min', [threshold, largest], [1]);
      });
    }
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
