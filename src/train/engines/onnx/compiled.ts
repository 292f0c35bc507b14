import type { NetworkDescription } from '../../networks/description.js';
import type { EngineOptions } from '../engine.js';
import type { InferenceSession } from './library.js';
import { NetworkModel } from './model.js';
import type { Planner } from './planner.js';
import { type Model, next, REPORT, type StepForm } from './ports.js';
import type { Provider } from './providers.js';
import { createSession } from './session.js';

/** A graph that is ready to run. */
export interface Compiled {
  readonly model: Model;
  readonly session: InferenceSession;
}

/** What graphs are built for. */
export interface Building {
  readonly network: NetworkDescription;
  /** `profile` is the start of the paths of onnxruntime's profiles, one a graph. */
  readonly options: EngineOptions & { readonly profile?: string };
  readonly planner: Planner;
  readonly provider: Provider;
}

/** An engine's graphs, each built when it is first asked for. */
export class Graphs {
  readonly #compiled = new Map<string, Promise<Compiled>>();

  constructor(readonly building: Building) {}

  evaluation(batch: number): Promise<Compiled> {
    const { network, options, planner } = this.building;
    return this.#get(`evaluation ${batch}`, () => NetworkModel.evaluation(network, options, planner, batch));
  }

  /** @param sparsity of thresholds in the graph @param centred norms are accurate for any mean */
  async step(
    form: StepForm,
    batch: number,
    sparsity: number | undefined,
    centred = false,
  ): Promise<Compiled> {
    const { network, planner } = this.building;
    const options = { ...this.building.options, ...(sparsity === undefined ? {} : { sparsity }) };
    const key = `${centred ? 'centredStep' : 'step'} ${batch}`;
    const name = form === 'repeated' && sparsity !== undefined ? `${key} ${sparsity}` : key;
    if (!this.#compiled.has(name)) await this.#release((other) => other.startsWith(`${key} `));
    return this.#get(name, () => NetworkModel.step(network, options, planner, batch, centred, form));
  }

  /** Frees all graphs. */
  release(): Promise<void> {
    return this.#release(() => true);
  }

  #get(name: string, build: () => Model): Promise<Compiled> {
    const known = this.#compiled.get(name);
    if (known) return known;
    const made = this.#compile(name, build);
    this.#compiled.set(name, made);
    // A failed build may be tried again.
    made.catch(() => this.#compiled.delete(name));
    return made;
  }

  async #compile(name: string, build: () => Model): Promise<Compiled> {
    const { provider, options } = this.building;
    const model = build();
    const profile = options.profile === undefined ? undefined : `${options.profile} ${name}`;
    const resident = model.form === 'resident' ? residentOutputs(model) : undefined;
    const session = await createSession(model.bytes, provider, options.threads, {
      profile,
      resident,
      device: options.device,
    });
    return { model, session };
  }

  async #release(which: (name: string) => boolean): Promise<void> {
    const names = [...this.#compiled.keys()].filter(which);
    const gone = await Promise.all(names.map((name) => this.#compiled.get(name)!));
    for (const name of names) this.#compiled.delete(name);
    if (this.building.options.profile !== undefined) for (const { session } of gone) session.endProfiling();
    await Promise.all(gone.map(({ session }) => session.release()));
  }
}

/** All that a step gives stays where the state lies. */
const residentOutputs = (model: Model): Record<string, 'gpu-buffer'> =>
  Object.fromEntries([REPORT, ...model.updated.map(next)].map((name) => [name, 'gpu-buffer']));
