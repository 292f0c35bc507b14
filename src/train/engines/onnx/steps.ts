import type { NetworkDescription } from '../../networks/description.js';
import { NonFiniteLossError, type StepBatch } from '../engine.js';
import type { Compiled, Graphs } from './compiled.js';
import { COUNT } from './encode-loop.js';
import { type Tensor, toTensor } from './library.js';
import { IMAGES, LABELS, LEARNING_RATE, LOSS, type Model, noise as noiseOf, THRESHOLDS } from './ports.js';
import type { Pruning } from './pruning.js';
import type { StateStore } from './state.js';

/** What a step tells, by the names of `ports.ts`. */
export type Told = ReadonlyMap<string, Float32Array>;

/** Carries training steps out. */
export interface Steps {
  /**
   * Steps on batches one after the other.
   *
   * @throws NonFiniteLossError, with the number of the step among these and without norms; the state is then the one before all of them
   */
  take(batches: readonly StepBatch[], learningRate: number): Promise<readonly Told[]>;
}

/** What steps work on. */
export interface StepParts<S extends StateStore = StateStore> {
  readonly network: NetworkDescription;
  readonly graphs: Graphs;
  readonly state: S;
  /** Undefined in sgd mode. */
  readonly pruning: Pruning | undefined;
}

/** Some batches as a step's graph takes them; noise only for a graph that draws masks. */
export class Feed {
  readonly #images: Float32Array;
  readonly #noise = new Map<string, Float32Array>();

  constructor(
    readonly parts: StepParts,
    readonly batches: readonly StepBatch[],
    readonly learningRate: number,
  ) {
    this.#images = joined(batches.map(({ images }) => images));
  }

  /** What a graph takes, its thresholds too unless they are given. */
  async of({ model }: Compiled, thresholds?: Tensor): Promise<Record<string, Tensor>> {
    const { network, state, pruning } = this.parts;
    const size = this.batches[0]!.labels.length;
    const stack = model.form === 'repeated' ? [this.batches.length] : [];
    const labels = this.batches.flatMap((batch) => Array.from(batch.labels));
    const feeds = state.slots.feeds(model.inputs);
    feeds[IMAGES] = toTensor(this.#images, [...stack, size, ...network.inputShape]);
    feeds[LABELS] = toTensor(
      model.floatLabels ? Float32Array.from(labels) : BigInt64Array.from(labels, BigInt),
      [...stack, size],
    );
    feeds[LEARNING_RATE] = toTensor(Float32Array.of(this.learningRate), []);
    if (stack.length > 0) feeds[COUNT] = toTensor(BigInt64Array.of(BigInt(stack[0]!)), []);
    for (const layer of model.noisy) {
      const { dims } = state.slots.get(`${layer}.score`).current;
      feeds[noiseOf(layer)] = toTensor(this.#drawn(layer), [...stack, ...dims]);
    }
    if (model.thresholds) feeds[THRESHOLDS] = thresholds ?? (await pruning!.thresholds());
    return feeds;
  }

  /** Drawn once, though the centred graph may take the step again; steps that are taken again one by one draw the same anew. */
  #drawn(layer: string): Float32Array {
    const known = this.#noise.get(layer);
    if (known) return known;
    const sources = this.batches.map(({ noise }) => noise);
    const made = this.parts.pruning!.noise(layer, sources);
    this.#noise.set(layer, made);
    return made;
  }
}

/** One step's part of what several have told. @param all by name, the steps' values one after another */
export function toldOf({ told }: Model, all: (name: string) => Float32Array, step: number): Told {
  return new Map(told.map(({ name, size }) => [name, all(name).subarray(step * size, (step + 1) * size)]));
}

/** @throws NonFiniteLossError if the loss that step `index` told, or a score after it, is not finite */
export function requireFinite(told: Told, scores: () => string | undefined, index: number): void {
  const loss = told.get(LOSS)![0]!;
  const reason = Number.isFinite(loss) ? scores() : `the loss is ${loss}`;
  if (reason) throw new NonFiniteLossError(index, loss, reason, {});
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
