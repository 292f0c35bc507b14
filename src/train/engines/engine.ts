import type { NetworkDescription } from '../networks/description.js';
import type { StateTensor, TrainingMode } from '../networks/tensors.js';
import type { NoiseSource } from '../prune/noise.js';
import type { Rule } from '../prune/rules/rule.js';
import type { Scope } from '../prune/thresholds.js';

/** What fixes a training step beside the network. */
export interface EngineOptions {
  readonly mode: TrainingMode;
  /** What is pruned and how scores are trained. Score mode alone; default edge-popup. */
  readonly rule?: Rule;
  /** Pruned fraction of the weights, in [0, 1): of every layer's, or of all together. Rules that keep the top alone. */
  readonly sparsity?: number;
  /** What the sparsity is a fraction of; default `layer`. Rules that keep the top alone. */
  readonly scope?: Scope;
  /** SGD's momentum, in [0, 1). */
  readonly momentum: number;
  /** Added to the gradient before the momentum, as PyTorch does; at least 0. */
  readonly weightDecay: number;
  /** Threads of the CPU provider; default: all cores. */
  readonly threads?: number;
  /** Which of CUDA's devices that this process sees, counted from 0; default 0. Provider `cuda` and backend `tensorflow` alone. */
  readonly device?: number;
}

/** What a training step reports, from before its update. */
export interface StepResult {
  /** Mean cross-entropy over the batch, in nats. */
  readonly loss: number;
  /** Examples whose largest logit is their label's (the first of equal ones counts; one with a NaN among its logits is none). */
  readonly hits: number;
  /** [n, classes], row-major. */
  readonly logits: Float32Array;
}

/** What a step trains on; as {@link Engine.step} takes it. */
export interface StepBatch {
  readonly images: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly noise?: NoiseSource | undefined;
}

/** Several steps at once, for engines that gain by it. */
export interface Chunks {
  /** How many to pass, at best. */
  readonly steps: number;
  /**
   * Steps as by {@link Engine.step}, one after the other, to the same bits.
   *
   * @throws as a step does, also in the middle of them; the state, and the norms of a {@link NonFiniteLossError}, are then those before
   * the first of them, and none of them counts
   */
  run(batches: readonly StepBatch[], learningRate: number): Promise<readonly StepResult[]>;
}

/** What an evaluation reports; same meanings. */
export type EvaluationResult = StepResult;

/**
 * A network and its training state on some hardware. The state crosses as Float32Arrays by the names of `stateTensors`, in the
 * standard layouts (OIHW, [out, in], [C]); masks are a function of the scores (`layerMasks`). A fresh engine holds zeros, and ones for
 * gamma and variance: write the initial state. Nothing in it is random. Calls must not overlap, await each: one during another is refused with an InputError and changes nothing.
 */
export interface Engine {
  readonly network: NetworkDescription;
  /** As it was made; in score mode with its rule, given or not. */
  readonly options: EngineOptions;
  /** Every tensor of the state, momentum and running statistics included. */
  readonly tensors: readonly StateTensor[];
  /** Steps taken so far by this engine. */
  readonly steps: number;
  /** The pruned fraction now; undefined where none is fixed. */
  readonly sparsity: number | undefined;
  /** Which of CUDA's devices computes, counted from 0; undefined where none does, such as where TensorFlow found no GPU. */
  readonly cudaDevice?: number | undefined;

  /**
   * One training step: forward, loss, gradients, update.
   *
   * @param images [n, C, H, W] row-major, n >= 1; the first step of a new n builds a graph for it, which is kept
   * @param labels n class indices
   * @param noise of the masks, for a rule that draws them (`noiseOfStep`); other rules take none
   * @throws InputError for a wrong length, a label that is no class or noise that is missing; {@link NonFiniteLossError}, the state
   * left as it was before the step
   */
  step(
    images: Float32Array,
    labels: ArrayLike<number>,
    learningRate: number,
    noise?: NoiseSource,
  ): Promise<StepResult>;

  /** Undefined where steps are taken one by one. */
  readonly chunks?: Chunks | undefined;

  /**
   * Evaluation mode (running statistics) on n examples, as {@link step}; changes nothing.
   *
   * @param count loss, hits and logits are those of the first `count` examples, default all: the others only fill the batch, so
   * that batches of any count share one graph
   */
  evaluate(images: Float32Array, labels: ArrayLike<number>, count?: number): Promise<EvaluationResult>;

  /** A copy of a tensor. */
  read(name: string): Promise<Float32Array>;
  /** Replaces a tensor by a copy of `data`. */
  write(name: string, data: Float32Array): Promise<void>;

  /** Sets the pruned fraction from now on. @throws InputError outside [0, 1), or for a rule that has none */
  setSparsity(sparsity: number): void;

  /** Frees the graphs; the engine is of no use after. */
  release(): Promise<void>;
}

/** Euclidean norm of every tensor, by name. */
export async function norms(
  tensors: readonly StateTensor[],
  read: (name: string) => Float32Array | Promise<Float32Array>,
): Promise<Record<string, number>> {
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  const found: Record<string, number> = {};
  for (const { name } of tensors) found[name] = norm(await read(name));
  return found;
}

/**
 * A step's loss, or in score mode a score after it, is NaN or infinite. The engine's state is the one before that step, or before the
 * first of those that were taken with it by {@link Chunks.run}.
 */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';

  /**
   * @param step index of the failed step among this engine's, from 0
   * @param loss the loss of that step
   * @param reason what is not finite, e.g. `the loss is NaN`
   * @param norms Euclidean norm of every tensor of the state that the engine is left with, by name
   */
  constructor(
    readonly step: number,
    readonly loss: number,
    readonly reason: string,
    readonly norms: Readonly<Record<string, number>>,
  ) {
    const size = ([, norm]: [string, number]) => (Number.isNaN(norm) ? Infinity : norm);
    const worst = Object.entries(norms)
      .sort((a, b) => (size(a) < size(b) ? 1 : -1))
      .slice(0, 5)
      .map(([name, norm]) => `${name} ${norm.toPrecision(4)}`);
    super(
      `step ${step}: ${reason}; largest norms before it: ${worst.join(', ')}. ` +
        'Lower the learning rate, or check the input for values that are not finite',
    );
  }
}
