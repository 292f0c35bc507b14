import { INPUT, type NetworkDescription, sizeOf, weightLayers } from '../../networks/description.js';
import { type StateTensor, stateTensors } from '../../networks/tensors.js';
import { edgePopupRule } from '../../prune/rules/edge-popup.js';
import type { Rule } from '../../prune/rules/rule.js';
import type { EngineOptions } from '../engine.js';
import { Activation } from './activation.js';
import type { BatchStatistics, Build, Emitted } from './build.js';
import { Graph, type Value } from './graph.js';
import { emitLayer } from './layers/index.js';
import { storedLayouts } from './layouts.js';
import { crossEntropy } from './loss.js';
import type { Planner, PlanTarget, StoredLayout } from './planner.js';
import {
  DOUBT,
  FINITE,
  FOUND,
  IMAGES,
  LABELS,
  LEARNING_RATE,
  LOGITS,
  LOSS,
  type Model,
  next,
  noise,
  REPORT,
  type StepForm,
  THRESHOLDS,
} from './ports.js';
import { graphOps } from './rule-ops.js';
import { moveStatistics } from './statistics.js';
import { emitThresholds } from './threshold-nodes.js';
import { sgdUpdate } from './update.js';

/** Emits a network's training step or evaluation. */
export class NetworkModel implements Build {
  readonly graph = new Graph();
  readonly #ops = graphOps(this.graph);
  readonly #inputs = new Map<string, Value>();
  readonly #weights = new Map<string, Value>();
  readonly #masks = new Map<string, Value>();
  readonly #noisy: string[] = [];
  readonly #updated: string[] = [];
  readonly #next = new Map<string, Value>();
  readonly #statistics: BatchStatistics[] = [];
  readonly #gradients = new Map<string, Activation>();
  readonly #layouts: ReadonlyMap<string, StoredLayout>;
  readonly #tensors: ReadonlyMap<string, StateTensor>;
  readonly #layers: readonly string[];
  readonly #told: { readonly name: string; readonly value: Value }[] = [];
  #thresholds: Value | undefined;
  #takesThresholds = false;
  #learningRate: Value | undefined;

  private constructor(
    readonly network: NetworkDescription,
    readonly options: EngineOptions,
    readonly planner: Planner,
    readonly target: PlanTarget,
    readonly form: StepForm,
    /** Undefined in sgd mode. */
    readonly rule: Rule | undefined = options.mode === 'sgd' ? undefined : (options.rule ?? edgePopupRule),
  ) {
    this.#layouts = storedLayouts(network, options, planner);
    this.#tensors = new Map(stateTensors(network, options.mode).map((t) => [t.name, t]));
    this.#layers = weightLayers(network).map((l) => l.name);
  }

  /** The training step: state, images, labels and learning rate in; loss, logits and the next state out. With {@link COUNT} steps if it is `repeated`. */
  static step(
    network: NetworkDescription,
    options: EngineOptions,
    planner: Planner,
    batch: number,
    centred = false,
    form: StepForm = 'plain',
  ): Model {
    const model = new NetworkModel(network, options, planner, { batch, training: true, centred }, form);
    const { graph } = model;
    model.#learningRate = graph.input(LEARNING_RATE, []);
    const { logits, emitted } = model.#forward();
    const labels = graph.input(LABELS, [batch], planner.onDevice ? 'float32' : 'int64');
    const { loss, gradient } = graph.within('loss', () => crossEntropy(graph, logits.value, labels));
    model.#tell(LOSS, loss);
    model.#tell(LOGITS, logits.value);
    model.#gradients.set(network.layers.at(-1)!.name, Activation.of(gradient));
    for (const layer of network.layers.toReversed()) {
      const dy = model.#gradients.get(layer.name)!;
      graph.within(`${layer.name}/backward`, () => emitted.get(layer.name)!.backward(dy));
      model.#gradients.delete(layer.name);
    }
    model.#moveStatistics();
    if ((planner.onDevice || form === 'repeated') && model.rule?.scoreGradient) model.#tellFinite();
    return model.#finish();
  }

  /** The evaluation: state and images in, logits out. */
  static evaluation(
    network: NetworkDescription,
    options: EngineOptions,
    planner: Planner,
    batch: number,
  ): Model {
    const model = new NetworkModel(network, options, planner, { batch, training: false }, 'plain');
    model.#tell(LOGITS, model.#forward().logits.value);
    return model.#finish();
  }

  weight(layer: string): Value {
    const known = this.#weights.get(layer);
    if (known) return known;
    const weight = this.#input(`${layer}.weight`);
    const effective = this.rule
      ? this.rule.effective(this.#ops, { weight, mask: this.#mask(layer, this.rule) })
      : weight;
    this.#weights.set(layer, effective);
    return effective;
  }

  tensor(name: string): Value | undefined {
    return this.#tensors.has(name) ? this.#input(name) : undefined;
  }

  statistics(batch: BatchStatistics): void {
    this.#statistics.push(batch);
  }

  gradient(name: string, value: Value): void {
    const { graph, rule } = this;
    graph.within('update', () => {
      if (!rule) this.#train(name, value);
      // Every trained tensor of score mode is a weight's score; without a gradient, that of the weight is computed for nobody and left out.
      else if (rule.scoreGradient) {
        const layer = name.replace(/\.weight$/, '');
        const score = `${layer}.score`;
        const at = { dw: value, weight: this.#input(name), score: this.#input(score) };
        this.#train(score, rule.scoreGradient(this.#ops, { ...at, mask: this.#mask(layer, rule) }));
      }
    });
  }

  #train(name: string, gradient: Value): void {
    const optimizer = {
      learningRate: this.#learningRate!,
      momentum: this.options.momentum,
      weightDecay: this.options.weightDecay,
    };
    const momentum = `${name}.momentum`;
    const result = sgdUpdate(this.graph, optimizer, this.#input(name), this.#input(momentum), gradient);
    this.#update(name, result.parameter);
    this.#update(momentum, result.velocity);
  }

  inputGradient(input: string, emit: (pending: Activation | undefined) => Activation): void {
    if (input !== INPUT) this.#gradients.set(input, emit(this.#gradients.get(input)));
  }

  #forward() {
    const { graph, network } = this;
    const images = graph.input(IMAGES, [this.target.batch, ...network.inputShape]);
    const outputs = new Map<string, Activation>([[INPUT, Activation.of(images)]]);
    const emitted = new Map<string, Emitted>();
    for (const layer of network.layers) {
      const result = graph.within(layer.name, () =>
        emitLayer(
          this,
          layer,
          layer.inputs.map((name) => outputs.get(name)!),
        ),
      );
      outputs.set(layer.name, result.output);
      emitted.set(layer.name, result);
    }
    return { logits: outputs.get(network.layers.at(-1)!.name)!, emitted };
  }

  #update(name: string, value: Value): void {
    this.graph.output(next(name), value);
    this.#updated.push(name);
    this.#next.set(name, value);
  }

  /** 0 times what is not finite is NaN, and so is a sum with it. */
  #tellFinite(): void {
    const { graph } = this;
    const sums = this.#layers.map((layer) => {
      const scores = this.#next.get(`${layer}.score`)!;
      return graph.reduceSum(graph.reshape(graph.scale(scores, 0), [1, sizeOf(scores.shape)]), [1]);
    });
    this.#tell(FINITE, graph.concat(sums, 0));
  }

  #tell(name: string, value: Value): void {
    this.#told.push({ name, value });
    if (this.form !== 'resident') this.graph.output(name, value);
  }

  #report(): void {
    const { graph } = this;
    const parts = this.#told.map(({ value }) => graph.reshape(value, [sizeOf(value.shape)]));
    graph.output(REPORT, graph.concat(parts, 0));
  }

  #moveStatistics(): void {
    if (this.#statistics.length === 0) return;
    const moved = this.graph.within('statistics', () =>
      moveStatistics(this.graph, this.#statistics, (name) => this.#input(name)),
    );
    for (const [name, value] of moved.next) this.#update(name, value);
    if (moved.doubt) this.#tell(DOUBT, moved.doubt);
  }

  #finish(): Model {
    const { form, graph } = this;
    if (form === 'resident') this.#report();
    const repetition = {
      carried: new Map(this.#updated.map((name) => [name, next(name)])),
      stacked: new Set([IMAGES, LABELS, ...this.#noisy.map(noise)]),
    };
    return {
      bytes: graph.build(form === 'repeated' ? repetition : undefined),
      form,
      inputs: [...this.#inputs.keys()],
      thresholds: this.#takesThresholds,
      noisy: this.#noisy,
      updated: this.#updated,
      told: this.#told.map(({ name, value }) => ({ name, size: sizeOf(value.shape) })),
      floatLabels: this.planner.onDevice === true,
    };
  }

  #input(name: string): Value {
    const known = this.#inputs.get(name);
    if (known) return known;
    const value = this.graph.input(name, this.#layouts.get(name)!.shape);
    this.#inputs.set(name, value);
    return value;
  }

  #mask(layer: string, { selection }: Rule): Value {
    const known = this.#masks.get(layer);
    if (known) return known;
    const score = this.#input(`${layer}.score`);
    const mask = (): Value => {
      if (selection.kind === 'top')
        return this.#ops.atLeast(selection.key(this.#ops, score), this.#threshold(layer));
      if (!this.target.training) return selection.settled(this.#ops, score);
      this.#noisy.push(layer);
      return selection.mask(this.#ops, score, this.graph.input(noise(layer), score.shape));
    };
    const made = mask();
    this.#masks.set(layer, made);
    return made;
  }

  #threshold(layer: string): Value {
    this.#thresholds ??= this.#allThresholds();
    const index = this.#layers.indexOf(layer);
    return this.graph.slice(this.#thresholds, 0, index, index + 1);
  }

  #allThresholds(): Value {
    const { graph, form, rule } = this;
    const { sparsity, scope = 'layer' } = this.options;
    const layers = this.#layers;
    if (form === 'repeated' && rule?.selection.kind === 'top' && rule.scoreGradient) {
      const { selection } = rule;
      const scores = layers.map((layer) => this.#input(`${layer}.score`));
      return emitThresholds(graph, { selection, scope, sparsity: sparsity! }, scores, 'topK').thresholds;
    }
    this.#takesThresholds = true;
    if (form === 'resident') this.#tell(FOUND, graph.input(FOUND, [scope === 'layer' ? layers.length : 1]));
    return graph.input(THRESHOLDS, [layers.length]);
  }
}
