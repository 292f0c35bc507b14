import { requireInteger, requireNumber } from '../../../core/errors.js';
import { requireNetwork } from '../../networks/check.js';
import { type NetworkDescription, weightLayers } from '../../networks/description.js';
import { type StateTensor, stateTensors } from '../../networks/tensors.js';
import type { NoiseSource } from '../../prune/noise.js';
import type { Ops } from '../../prune/rules/ops.js';
import { requireDevice } from '../devices.js';
import {
  type Chunks,
  type Engine,
  type EngineOptions,
  type EvaluationResult,
  NonFiniteLossError,
  norms,
  type StepBatch,
  type StepResult,
} from '../engine.js';
import { Exclusive } from '../exclusive.js';
import { lossAndHits } from '../host-loss.js';
import { requireBatch, requireNewSparsity, requireOptions } from '../options.js';
import { BACKEND_KINDS, type Backend, requireBackend } from './backends.js';
import type { Pass } from './build.js';
import { type Device, openDevice } from './device.js';
import { evaluationPass, trainingPass } from './network.js';
import { TensorPruning } from './pruning.js';
import { tensorOps } from './rule-ops.js';
import { TensorState } from './state.js';
import type { Tensor } from './tensor.js';
import { nextState } from './update.js';

/** Which hardware. */
export interface TfjsOptions extends EngineOptions {
  /** Default `wasm`. */
  readonly backend?: Backend;
}

/**
 * An engine whose state lies in TensorFlow.js.
 *
 * @throws InputError for a network that `requireNetwork` refuses, options out of range, or a backend that is unknown, not installed, does
 * not start or answers wrongly
 */
export async function createTfjsEngine(network: NetworkDescription, options: TfjsOptions): Promise<Engine> {
  const complete = requireOptions(options);
  const backend = requireBackend(options.backend ?? 'wasm');
  const checked = requireNetwork(network);
  requireDevice({ engine: 'tfjs', backend }, complete.device);
  return new TfjsEngine(checked, complete, await openDevice(backend, complete.device));
}

/** A step whose results have not been looked at yet. */
interface Taken {
  readonly logits: Tensor;
  /** 0 for each layer whose next scores are not all finite, else 1; undefined where no scores are trained. */
  readonly finite: Tensor | undefined;
}

class TfjsEngine implements Engine {
  readonly tensors: readonly StateTensor[];
  readonly chunks: Chunks | undefined;
  readonly #state: TensorState;
  readonly #layers: readonly string[];
  readonly #calls = new Exclusive();
  readonly #ops: Ops<Tensor>;
  readonly #pruning: TensorPruning;
  #steps = 0;

  constructor(
    readonly network: NetworkDescription,
    readonly options: EngineOptions,
    readonly device: Device,
  ) {
    this.tensors = stateTensors(network, options.mode);
    this.#state = new TensorState(device.tf, this.tensors);
    this.#layers = weightLayers(network).map((l) => l.name);
    this.#ops = tensorOps(device.tf);
    this.#pruning = new TensorPruning(device, this.#ops, options, this.#layers, this.#state);
    const { together } = BACKEND_KINDS[device.backend];
    if (together > 1)
      this.chunks = {
        steps: together,
        run: (batches, learningRate) =>
          this.#calls.run('chunks.run', () => this.#take(batches, learningRate)),
      };
  }

  get steps(): number {
    return this.#steps;
  }

  get sparsity(): number | undefined {
    return this.#pruning.sparsity;
  }

  get cudaDevice(): number | undefined {
    return this.device.cudaDevice;
  }

  step(
    images: Float32Array,
    labels: ArrayLike<number>,
    learningRate: number,
    noise?: NoiseSource,
  ): Promise<StepResult> {
    const batch = { images, labels, noise };
    return this.#calls.run('step', async () => (await this.#take([batch], learningRate))[0]!);
  }

  evaluate(
    images: Float32Array,
    labels: ArrayLike<number>,
    count: number = labels.length,
  ): Promise<EvaluationResult> {
    return this.#calls.run('evaluate', async () => {
      const batch = requireBatch(this.network, images, labels);
      requireInteger('count', count, 1, batch);
      const thresholds = await this.#pruning.thresholds();
      const { tf } = this.device;
      await this.device.use();
      const output = tf.tidy(() => {
        const { pass } = this.#pass(thresholds);
        return evaluationPass(this.network, pass, this.#place(images, batch));
      });
      const { classes } = this.network;
      const logits = Float32Array.from(await output.data()).subarray(0, count * classes);
      output.dispose();
      return { ...lossAndHits(logits, labels, classes), logits };
    });
  }

  read(name: string): Promise<Float32Array> {
    return this.#calls.run('read', async () => {
      await this.device.use();
      return this.#state.read(name);
    });
  }

  write(name: string, data: Float32Array): Promise<void> {
    return this.#calls.run('write', async () => {
      await this.device.use();
      this.#state.write(name, data);
      if (name.endsWith('.score')) this.#pruning.forget();
    });
  }

  setSparsity(sparsity: number): void {
    this.#calls.requireIdle('setSparsity');
    requireNewSparsity(this.options, sparsity);
    this.#pruning.setSparsity(sparsity);
  }

  release(): Promise<void> {
    return this.#calls.run('release', async () => {
      this.#pruning.forget();
      this.#state.dispose();
      await this.device.release();
    });
  }

  /** Steps whose results are read at their end; the state is as before where one fails. */
  async #take(batches: readonly StepBatch[], learningRate: number): Promise<StepResult[]> {
    for (const { images, labels } of batches) requireBatch(this.network, images, labels);
    requireNumber('learningRate', learningRate, 0, Number.MAX_VALUE);
    const { tf } = this.device;
    const before = new Map<string, Tensor>();
    const taken: Taken[] = [];
    try {
      for (const batch of batches) {
        const { next, ...results } = await this.#advance(batch, learningRate);
        taken.push(results);
        for (const [name, tensor] of this.#state.swap(next))
          if (before.has(name)) tensor.dispose();
          else before.set(name, tensor);
        if (this.options.rule?.scoreGradient) this.#pruning.forget();
      }
      const results: StepResult[] = [];
      for (const [i, step] of taken.entries())
        results.push(await this.#look(step, batches[i]!.labels, this.#steps + i));
      tf.dispose([...before.values()]);
      this.#steps += batches.length;
      return results;
    } catch (error) {
      tf.dispose([...this.#state.swap(before).values()]);
      this.#pruning.forget();
      if (!(error instanceof NonFiniteLossError)) throw error;
      const sizes = await norms(this.tensors, (name) => this.#state.read(name));
      throw new NonFiniteLossError(error.step, error.loss, error.reason, sizes);
    } finally {
      tf.dispose(taken.flatMap(({ logits, finite }) => (finite ? [logits, finite] : [logits])));
    }
  }

  /** One step's commands to the device. */
  async #advance(
    { images, labels, noise }: StepBatch,
    learningRate: number,
  ): Promise<Taken & { next: ReadonlyMap<string, Tensor> }> {
    const thresholds = await this.#pruning.thresholds();
    const { tf } = this.device;
    await this.device.use();
    const drawn = this.#pruning.noise(noise);
    const next = new Map<string, Tensor>();
    try {
      const taken = tf.tidy(() => {
        const { pass, masks } = this.#pass(thresholds, drawn);
        const classes = tf.tensor(Int32Array.from(labels), [labels.length], 'int32');
        const trained = trainingPass(this.network, pass, this.#place(images, labels.length), classes);
        const { state, scores } = nextState({
          tf,
          ops: this.#ops,
          tensors: this.tensors,
          options: this.options,
          learningRate,
          current: (name) => this.#state.get(name),
          masks,
          trained,
        });
        for (const [name, tensor] of state) next.set(name, tf.keep(tensor));
        const finite = scores.map((s) => tf.min(tf.cast(tf.isFinite(s), 'float32')));
        return { logits: trained.logits, finite: finite.length > 0 ? tf.stack(finite) : undefined };
      });
      return { ...taken, next };
    } catch (error) {
      tf.dispose([...next.values()]);
      throw error;
    } finally {
      tf.dispose([...drawn.values()]);
    }
  }

  /** @throws NonFiniteLossError without norms */
  async #look({ logits, finite }: Taken, labels: ArrayLike<number>, step: number): Promise<StepResult> {
    const values = Float32Array.from(await logits.data());
    const result = { ...lossAndHits(values, labels, this.network.classes), logits: values };
    const flags = finite ? Array.from(await finite.data()) : [];
    const layer = this.#layers[flags.findIndex((flag) => flag !== 1)];
    const reason = Number.isFinite(result.loss)
      ? layer && `the scores of ${layer} are not finite after it`
      : `the loss is ${result.loss}`;
    if (reason) throw new NonFiniteLossError(step, result.loss, reason, {});
    return result;
  }

  /** Images as [n, H, W, C]. */
  #place(images: Float32Array, batch: number): Tensor {
    const { tf } = this.device;
    const planes = tf.tensor(images, [batch, ...this.network.inputShape], 'float32');
    const placed = tf.transpose(planes, [0, 2, 3, 1]);
    planes.dispose();
    return placed;
  }

  /** What the layers compute with. @param noise of a training step; without it in an evaluation */
  #pass(thresholds: readonly Tensor[], noise?: ReadonlyMap<string, Tensor>) {
    const { tf, convolution, backend } = this.device;
    const { masks, weights } = this.#pruning.weights(thresholds, noise);
    const pass: Pass = {
      tf,
      convolution,
      ownPoolGradient: BACKEND_KINDS[backend].pooling === 'own',
      training: noise !== undefined,
      weight: (layer) => weights.get(layer)!,
      tensor: (name) => (this.#state.has(name) ? this.#state.get(name) : undefined),
    };
    return { pass, masks };
  }
}
