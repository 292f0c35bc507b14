import { requireInteger, requireNumber } from '../../../core/errors.js';
import { requireNetwork } from '../../networks/check.js';
import { type NetworkDescription, weightLayers } from '../../networks/description.js';
import { type StateTensor, stateTensors } from '../../networks/tensors.js';
import type { NoiseSource } from '../../prune/noise.js';
import { requireDevice } from '../devices.js';
import {
  type Engine,
  type EngineOptions,
  type EvaluationResult,
  NonFiniteLossError,
  norms,
  type StepResult,
} from '../engine.js';
import { Exclusive } from '../exclusive.js';
import { lossAndHits } from '../host-loss.js';
import { requireBatch, requireNewSparsity, requireOptions } from '../options.js';
import { requireProvider } from './available.js';
import { DeviceState } from './device-state.js';
import { fastestPlanner } from './forms/machine.js';
import { type InferenceSession, type Tensor, toTensor } from './library.js';
import {
  DOUBT,
  FINITE,
  IMAGES,
  LABELS,
  LEARNING_RATE,
  LOGITS,
  LOSS,
  type Model,
  NetworkModel,
  next,
  noise as noiseOf,
  storedLayouts,
  THRESHOLDS,
} from './model.js';
import type { Planner } from './planner.js';
import type { Provider } from './providers.js';
import { Pruning } from './pruning.js';
import { requireRightAnswers } from './self-check.js';
import { createSession } from './session.js';
import { State, type StateStore } from './state.js';
import { DeviceThresholds, HostThresholds, type Thresholds } from './thresholds.js';

/** Which formulations and which hardware. */
export interface OnnxOptions extends EngineOptions {
  /** Default `cpu`. */
  readonly provider?: Provider;
  /** Default: the best for the provider and machine. */
  readonly planner?: Planner;
  /** Start of the paths of onnxruntime's profiles, one a graph; they are written by `release`. */
  readonly profile?: string;
}

/** The largest mean, in deviations, that E[x^2] - E[x]^2 is trusted over: its relative error is up to 1.5e-6 (1 + ratio^2). */
const LARGEST_RATIO = 4;

interface Compiled {
  readonly model: Model;
  readonly session: InferenceSession;
}

/**
 * An engine whose training step is one ONNX graph run by onnxruntime-node.
 *
 * @throws InputError for a network that `requireNetwork` refuses, options out of range, or a provider that is unknown, missing on this
 * platform, does not start or answers wrongly
 */
export async function createOnnxEngine(network: NetworkDescription, options: OnnxOptions): Promise<Engine> {
  const complete = requireOptions(options);
  const provider = requireProvider(options.provider ?? 'cpu');
  const checked = requireNetwork(network);
  requireDevice({ engine: 'onnx', provider }, complete.device);
  await requireRightAnswers(provider, complete.device);
  const planner = options.planner ?? (await fastestPlanner(provider));
  const tensors = stateTensors(checked, complete.mode);
  const layouts = storedLayouts(checked, complete, planner);
  const state =
    provider === 'webgpu' && planner.onDevice
      ? await DeviceState.open(tensors, layouts, provider)
      : new State(tensors, layouts);
  return new OnnxEngine(checked, complete, provider, planner, state);
}

class OnnxEngine implements Engine {
  readonly tensors: readonly StateTensor[];
  readonly #compiled = new Map<string, Promise<Compiled>>();
  /** Undefined in sgd mode. */
  readonly #pruning: Pruning | undefined;
  readonly #calls = new Exclusive();
  #steps = 0;

  constructor(
    readonly network: NetworkDescription,
    readonly options: OnnxOptions,
    readonly provider: Provider,
    readonly planner: Planner,
    readonly state: StateStore,
  ) {
    this.tensors = stateTensors(network, options.mode);
    const layers = weightLayers(network).map((l) => l.name);
    this.#pruning =
      options.rule &&
      new Pruning(options.rule, options, layers, state, thresholdsFor(options, layers, state, provider));
  }

  get steps(): number {
    return this.#steps;
  }

  get sparsity(): number | undefined {
    return this.#pruning?.sparsity;
  }

  step(
    images: Float32Array,
    labels: ArrayLike<number>,
    learningRate: number,
    noise?: NoiseSource,
  ): Promise<StepResult> {
    return this.#calls.run('step', () => this.#step(images, labels, learningRate, noise));
  }

  evaluate(
    images: Float32Array,
    labels: ArrayLike<number>,
    count: number = labels.length,
  ): Promise<EvaluationResult> {
    return this.#calls.run('evaluate', () => this.#evaluate(images, labels, count));
  }

  read(name: string): Promise<Float32Array> {
    return this.#calls.run('read', async () => this.state.read(name));
  }

  write(name: string, data: Float32Array): Promise<void> {
    return this.#calls.run('write', async () => {
      await this.state.write(name, data);
      if (name.endsWith('.score')) this.#pruning?.forget();
    });
  }

  setSparsity(sparsity: number): void {
    this.#calls.requireIdle('setSparsity');
    requireNewSparsity(this.options, sparsity);
    this.#pruning!.setSparsity(sparsity);
  }

  release(): Promise<void> {
    return this.#calls.run('release', async () => {
      const all = await Promise.all(this.#compiled.values());
      this.#compiled.clear();
      if (this.options.profile !== undefined) for (const { session } of all) session.endProfiling();
      await Promise.all(all.map(({ session }) => session.release()));
      await this.#pruning?.release();
      await this.state.release();
    });
  }

  async #step(
    images: Float32Array,
    labels: ArrayLike<number>,
    learningRate: number,
    noise: NoiseSource | undefined,
  ): Promise<StepResult> {
    const batch = requireBatch(this.network, images, labels);
    requireNumber('learningRate', learningRate, 0, Number.MAX_VALUE);
    const { model, result } = await this.#runStep(images, labels, learningRate, batch, noise);
    const logits = result[LOGITS]!.data as Float32Array;
    const loss = (result[LOSS]!.data as Float32Array)[0]!;
    const finite = model.finite ? (result[FINITE]!.data as Float32Array) : undefined;
    const reason = Number.isFinite(loss) ? this.#pruning?.nonFiniteScores(finite) : `the loss is ${loss}`;
    if (reason)
      throw new NonFiniteLossError(
        this.#steps,
        loss,
        reason,
        await norms(this.tensors, (name) => this.state.read(name)),
      );
    this.state.advance(model.updated);
    this.#pruning?.stepped();
    this.#steps++;
    return { loss, hits: lossAndHits(logits, labels, this.network.classes).hits, logits };
  }

  /** Runs the step's graph; where a norm's variance is in doubt, the one with centred norms, which writes over its results. */
  async #runStep(
    images: Float32Array,
    labels: ArrayLike<number>,
    learningRate: number,
    batch: number,
    noise: NoiseSource | undefined,
  ) {
    const drawn: Record<string, Tensor> = {};
    const run = async (kind: 'step' | 'centredStep') => {
      const { model, session } = await this.#compile(kind, batch);
      for (const layer of model.noisy) drawn[layer] ??= this.#pruning!.noise(layer, noise);
      const feeds = await this.#feeds(model, images, batch);
      for (const layer of model.noisy) feeds[noiseOf(layer)] = drawn[layer]!;
      feeds[LABELS] = toTensor(
        model.floatLabels ? Float32Array.from(labels) : BigInt64Array.from(labels, BigInt),
        [batch],
      );
      feeds[LEARNING_RATE] = toTensor(Float32Array.of(learningRate), []);
      const fetches: Record<string, Tensor | null> = { [LOSS]: null, [LOGITS]: null };
      if (model.doubted) fetches[DOUBT] = null;
      if (model.finite) fetches[FINITE] = null;
      for (const name of model.updated) fetches[next(name)] = this.state.slots.spare(name);
      const result = await session.run(feeds, fetches);
      this.state.accept(new Map(model.updated.map((name) => [name, result[next(name)]!])));
      return { model, result };
    };
    const { model, result } = await run('step');
    const doubt = model.doubted ? (result[DOUBT]!.data as Float32Array)[0]! : 0;
    return doubt > LARGEST_RATIO ** 2 ? run('centredStep') : { model, result };
  }

  async #evaluate(images: Float32Array, labels: ArrayLike<number>, count: number): Promise<EvaluationResult> {
    const batch = requireBatch(this.network, images, labels);
    requireInteger('count', count, 1, batch);
    const { model, session } = await this.#compile('evaluation', batch);
    const result = await session.run(await this.#feeds(model, images, batch));
    const { classes } = this.network;
    const logits = (result[LOGITS]!.data as Float32Array).subarray(0, count * classes);
    return { ...lossAndHits(logits, labels, classes), logits };
  }

  #compile(kind: 'step' | 'centredStep' | 'evaluation', batch: number): Promise<Compiled> {
    const key = `${kind} ${batch}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const made = (async () => {
      const { network, options, planner } = this;
      const model =
        kind === 'evaluation'
          ? NetworkModel.evaluation(network, options, planner, batch)
          : NetworkModel.step(network, options, planner, batch, kind === 'centredStep');
      const { threads, profile, device } = options;
      const file = profile === undefined ? undefined : `${profile} ${key}`;
      const resident =
        this.state instanceof DeviceState && kind !== 'evaluation' ? residentOutputs(model) : undefined;
      const more = { profile: file, resident, device };
      const session = await createSession(model.bytes, this.provider, threads, more);
      return { model, session };
    })();
    this.#compiled.set(key, made);
    // A failed build may be tried again.
    made.catch(() => this.#compiled.delete(key));
    return made;
  }

  async #feeds(model: Model, images: Float32Array, batch: number): Promise<Record<string, Tensor>> {
    const feeds = this.state.slots.feeds(model.inputs);
    feeds[IMAGES] = toTensor(images, [batch, ...this.network.inputShape]);
    if (model.thresholds) feeds[THRESHOLDS] = await this.#pruning!.thresholds();
    return feeds;
  }
}

/** Where the thresholds of a rule that keeps the top are selected: where its scores lie. */
function thresholdsFor(
  { rule, scope = 'layer' }: EngineOptions,
  layers: readonly string[],
  state: StateStore,
  provider: Provider,
): Thresholds | undefined {
  if (rule?.selection.kind !== 'top') return undefined;
  return state instanceof State
    ? new HostThresholds(rule.selection, scope, layers, state)
    : new DeviceThresholds(rule.selection, scope, layers, state, provider);
}

/** The next state stays where the state lies. */
function residentOutputs(model: Model): Record<string, 'cpu' | 'gpu-buffer'> {
  const others = [LOSS, LOGITS, ...(model.doubted ? [DOUBT] : []), ...(model.finite ? [FINITE] : [])];
  return Object.fromEntries([
    ...others.map((name) => [name, 'cpu'] as const),
    ...model.updated.map((name) => [next(name), 'gpu-buffer'] as const),
  ]);
}
