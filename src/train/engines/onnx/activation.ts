import { type Graph, NCHWC, type Value } from './graph.js';

/**
 * How an activation lies in memory. `plain`: row-major in its shape, [B, C, H, W] or [B, features].
 * `blocked<n>`: [B, C/n, H, W, n] in memory while the value's shape says [B, C, H, W] (onnxruntime's NCHWc).
 */
export type Layout = 'plain' | 'blocked8' | 'blocked16';

/** What a producer can do to its result on the way out, in this order. */
export interface Epilogue {
  /** Added to the result; same shape and layout. */
  readonly sum?: Value;
  readonly relu?: boolean;
}

/** What some producers can do besides. */
export interface Abilities {
  /** Emits the rows r, r + 2, ... and columns c, c + 2, ... alone. */
  readonly sample?: Sampler | undefined;
  /** Emits the whole with a bias [C] added. */
  readonly withBias?: (bias: Value) => Value;
}

/** Emits the rows r, r + 2, ... and columns c, c + 2, ... of an activation, r and c 0 or 1. */
export type Sampler = (row: number, column: number) => Value;

/**
 * A layer's output for the whole batch, or a gradient of one. A producer that can add a residual or apply ReLU as it writes
 * takes an epilogue; nothing is emitted until the value is asked for, so that `add` and `relu` can pass theirs on.
 */
export class Activation {
  #value: Value | undefined;
  readonly #produce: (epilogue: Epilogue) => Value;
  readonly #fuses: boolean;
  readonly #abilities: Abilities;

  private constructor(
    /** [B, C, H, W] or [B, features], whatever the layout. */
    readonly shape: readonly number[],
    readonly layout: Layout,
    produce: (epilogue: Epilogue) => Value,
    fuses: boolean,
    abilities: Abilities = {},
  ) {
    this.#produce = produce;
    this.#fuses = fuses;
    this.#abilities = abilities;
  }

  /** An activation that is there already. */
  static of(value: Value, layout: Layout = 'plain'): Activation {
    return new Activation(value.shape, layout, () => value, false);
  }

  /** An activation still to be produced, by nodes that take an epilogue and perhaps can do more. */
  static lazy(
    shape: readonly number[],
    layout: Layout,
    produce: (epilogue: Epilogue) => Value,
    abilities?: Abilities,
  ): Activation {
    return new Activation(shape, layout, produce, true, abilities);
  }

  /** How to produce every second row and column alone; undefined where the producer cannot, or has produced the whole. */
  get sample(): Sampler | undefined {
    return this.#open ? this.#abilities.sample : undefined;
  }

  /** This activation plus a bias [C], where its producer adds one for nothing; else undefined. */
  withBias(bias: Value): Activation | undefined {
    const { withBias } = this.#abilities;
    return this.#open && withBias ? Activation.of(withBias(bias), this.layout) : undefined;
  }

  /** The value, without any epilogue; emitted at the first call. */
  get value(): Value {
    this.#value ??= this.#produce({});
    return this.#value;
  }

  /** This activation plus `other`, in this one's layout; the sum is the producer's where it can. */
  plus(graph: Graph, other: Activation): Activation {
    const term = () => toLayout(graph, other, this.layout).value;
    const produce = this.#open
      ? this.#produce
      : ({ relu }: Epilogue) => finish(graph, graph.add(this.value, term()), { relu: relu ?? false });
    return Activation.lazy(this.shape, this.layout, ({ sum, relu = false }) =>
      // One sum is all a producer takes; a second one is added after it.
      sum === undefined
        ? produce({ sum: term(), relu })
        : finish(graph, produce({ sum: term() }), { sum, relu }),
    );
  }

  /** ReLU of this activation, the producer's where it can. */
  relu(graph: Graph): Activation {
    const value = this.#open ? this.#produce({ relu: true }) : graph.unary('Relu', this.value);
    return Activation.of(value, this.layout);
  }

  get #open(): boolean {
    return this.#fuses && this.#value === undefined;
  }
}

/** The epilogue as nodes of their own, for a producer that cannot do it itself. */
export function finish(graph: Graph, value: Value, { sum, relu = false }: Epilogue): Value {
  const total = sum === undefined ? value : graph.add(value, sum);
  return relu ? graph.unary('Relu', total) : total;
}

/** The activation in another layout; converted once, however many ask. Channels must be a multiple of the block. */
export function toLayout(graph: Graph, x: Activation, layout: Layout): Activation {
  if (x.layout === layout) return x;
  const { value } = x;
  const convert = (v: Value, operator: 'ReorderInput' | 'ReorderOutput') =>
    graph.node(operator, [v], x.shape, {
      domain: NCHWC,
      attributes:
        operator === 'ReorderInput' ? { channels_last: 0 } : { channels: x.shape[1]!, channels_last: 0 },
    });
  return graph.memo(`${value.name}>${layout}`, () => {
    const plain = x.layout === 'plain' ? value : convert(value, 'ReorderOutput');
    return Activation.of(layout === 'plain' ? plain : convert(plain, 'ReorderInput'), layout);
  });
}

/** Channels that lie next to one another in a blocked layout; 1 for `plain`. */
export function blockOf(layout: Layout): number {
  return layout === 'plain' ? 1 : layout === 'blocked8' ? 8 : 16;
}

/** Sum over batch and plane: [B, C, H, W] -> [C], in any layout. */
export function channelSum(graph: Graph, x: Activation): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const block = blockOf(x.layout);
  const folded = graph.reshape(x.value, [batch, channels / block, height * width, block]);
  return graph.reshape(graph.reduceSum(folded, [0, 2]), [channels]);
}
