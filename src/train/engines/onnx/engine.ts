import { requireInteger, requireNumber } from '../../../core/errors.js';
import { requireNetwork } from '../../networks/check.js';
import { type NetworkDescription, weightLayers } from '../../networks/description.js';
import { type StateTensor, stateTensors } from '../../networks/tensors.js';
import type { NoiseSource } from '../../prune/noise.js';
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
import { requireProvider } from './available.js';
import { Graphs } from './compiled.js';
import { DeviceState } from './device-state.js';
import { DeviceSteps } from './device-steps.js';
import { fastestPlanner } from './forms/machine.js';
import { HostSteps } from './host-steps.js';
import { storedLayouts } from './layouts.js';
import { toTensor } from './library.js';
import type { Planner } from './planner.js';
import { IMAGES, LOGITS, LOSS, THRESHOLDS } from './ports.js';
import type { Provider } from './providers.js';
import { Pruning } from './pruning.js';
import { requireRightAnswers } from './self-check.js';
import { State } from './state.js';
import type { Steps, Told } from './steps.js';
import { DeviceThresholds, HostThresholds, type Thresholds } from './thresholds.js';
import { stepsTogether } from './together.js';

/** Which formulations and which hardware. */
export interface OnnxOptions extends EngineOptions {
  /** Default `cpu`. */
  readonly provider?: Provider;
  /** Default: the best for the provider and machine. */
  readonly planner?: Planner;
  /** Start of the paths of onnxruntime's profiles, one a graph; they are written by `release`. */
  readonly profile?: string;
  /**
   * Steps that are best taken together (`chunks`), at least 1. Above 1, where the state lies on the host, one run of a graph that loops takes them.
   * Default: several on `cuda` and `webgpu`, elsewhere 1.
   */
  readonly together?: number;
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
  const together = stepsTogether(checked, complete, provider);
  const tensors = stateTensors(checked, complete.mode);
  const layouts = storedLayouts(checked, complete, planner);
  const graphs = new Graphs({ network: checked, options: complete, planner, provider });
  const resident = provider === 'webgpu' && planner.onDevice;
  const state = resident ? await DeviceState.open(tensors, layouts, provider) : new State(tensors, layouts);
  const pruning = pruningOf(checked, complete, state, provider);
  const steps =
    state instanceof DeviceState
      ? new DeviceSteps({ network: checked, graphs, state, pruning })
      : new HostSteps({ network: checked, graphs, state, pruning }, together > 1);
  return new OnnxEngine(checked, complete, { graphs, state, pruning, steps, together });
}

/** What an engine is made of. */
interface Parts {
  readonly graphs: Graphs;
  readonly state: State | DeviceState;
  /** Undefined in sgd mode. */
  readonly pruning: Pruning | undefined;
  readonly steps: Steps;
  readonly together: number;
}

class OnnxEngine implements Engine {
  readonly tensors: readonly StateTensor[];
  readonly chunks: Chunks | undefined;
  readonly #calls = new Exclusive();
  #steps = 0;

  constructor(
    readonly network: NetworkDescription,
    readonly options: OnnxOptions,
    readonly parts: Parts,
  ) {
    this.tensors = stateTensors(network, options.mode);
    if (parts.together > 1)
      this.chunks = {
        steps: parts.together,
        run: (batches, learningRate) =>
          this.#calls.run('chunks.run', () => this.#take(batches, learningRate)),
      };
  }

  get steps(): number {
    return this.#steps;
  }

  get sparsity(): number | undefined {
    return this.parts.pruning?.sparsity;
  }

  get cudaDevice(): number | undefined {
    return this.options.provider === 'cuda' ? (this.options.device ?? 0) : undefined;
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
    return this.#calls.run('evaluate', () => this.#evaluate(images, labels, count));
  }

  read(name: string): Promise<Float32Array> {
    return this.#calls.run('read', async () => this.parts.state.read(name));
  }

  write(name: string, data: Float32Array): Promise<void> {
    return this.#calls.run('write', async () => {
      const { state, pruning } = this.parts;
      await state.write(name, data);
      if (name.endsWith('.score')) pruning?.forget();
    });
  }

  setSparsity(sparsity: number): void {
    this.#calls.requireIdle('setSparsity');
    requireNewSparsity(this.options, sparsity);
    this.parts.pruning!.setSparsity(sparsity);
  }

  release(): Promise<void> {
    return this.#calls.run('release', async () => {
      const { graphs, pruning, state } = this.parts;
      await graphs.release();
      await pruning?.release();
      await state.release();
    });
  }

  async #take(batches: readonly StepBatch[], learningRate: number): Promise<StepResult[]> {
    for (const { images, labels } of batches) requireBatch(this.network, images, labels);
    requireNumber('learningRate', learningRate, 0, Number.MAX_VALUE);
    let told: readonly Told[];
    try {
      told = await this.parts.steps.take(batches, learningRate);
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      const { step, loss, reason } = error;
      const sizes = await norms(this.tensors, (name) => this.parts.state.read(name));
      throw new NonFiniteLossError(this.#steps + step, loss, reason, sizes);
    }
    this.#steps += batches.length;
    return told.map((step, i) => {
      const logits = step.get(LOGITS)!;
      const { hits } = lossAndHits(logits, batches[i]!.labels, this.network.classes);
      return { loss: step.get(LOSS)![0]!, hits, logits };
    });
  }

  async #evaluate(images: Float32Array, labels: ArrayLike<number>, count: number): Promise<EvaluationResult> {
    const { network } = this;
    const { graphs, state, pruning } = this.parts;
    const batch = requireBatch(network, images, labels);
    requireInteger('count', count, 1, batch);
    const { model, session } = await graphs.evaluation(batch);
    const feeds = state.slots.feeds(model.inputs);
    feeds[IMAGES] = toTensor(images, [batch, ...network.inputShape]);
    if (model.thresholds) feeds[THRESHOLDS] = await pruning!.thresholds();
    const result = await session.run(feeds);
    const logits = (result[LOGITS]!.data as Float32Array).subarray(0, count * network.classes);
    return { ...lossAndHits(logits, labels, network.classes), logits };
  }
}

function pruningOf(
  network: NetworkDescription,
  options: OnnxOptions,
  state: State | DeviceState,
  provider: Provider,
): Pruning | undefined {
  if (options.rule === undefined) return undefined;
  const layers = weightLayers(network).map(({ name }) => name);
  return new Pruning(options.rule, options, layers, state, thresholdsFor(options, layers, state, provider));
}

/** Where the thresholds of a rule that keeps the top are selected: where its scores lie. */
function thresholdsFor(
  { rule, scope = 'layer' }: EngineOptions,
  layers: readonly string[],
  state: State | DeviceState,
  provider: Provider,
): Thresholds | undefined {
  if (rule?.selection.kind !== 'top') return undefined;
  return state instanceof State
    ? new HostThresholds(rule.selection, scope, layers, state)
    : new DeviceThresholds(rule.selection, scope, layers, state, provider);
}
