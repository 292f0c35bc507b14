import type { StepBatch } from '../engine.js';
import type { Tensor } from './library.js';
import { DOUBT, FINITE, type Model, next } from './ports.js';
import type { State } from './state.js';
import { Feed, requireFinite, type StepParts, type Steps, type Told, toldOf } from './steps.js';

/** The largest mean, in deviations, that E[x^2] - E[x]^2 is trusted over: its relative error is up to 1.5e-6 (1 + ratio^2). */
const LARGEST_RATIO = 4;

/** Steps whose state lies on the host: between two runs of a graph it is there. */
export class HostSteps implements Steps {
  /** @param repeated one run takes all batches of one size that follow one another; without it each is a run */
  constructor(
    readonly parts: StepParts<State>,
    readonly repeated: boolean,
  ) {}

  take(batches: readonly StepBatch[], learningRate: number): Promise<readonly Told[]> {
    const alike = (group: readonly StepBatch[], batch: StepBatch) =>
      this.repeated && group[0]!.labels.length === batch.labels.length;
    const groups: StepBatch[][] = [];
    for (const batch of batches) {
      const last = groups.at(-1);
      if (last && alike(last, batch)) last.push(batch);
      else groups.push([batch]);
    }
    return this.#each(groups, learningRate, 0);
  }

  /** @param first index of the first step */
  async #each(
    groups: readonly (readonly StepBatch[])[],
    learningRate: number,
    first: number,
  ): Promise<readonly Told[]> {
    const run = async () => {
      const told: Told[] = [];
      for (const group of groups) told.push(...(await this.#group(group, learningRate, first + told.length)));
      return told;
    };
    // A single run that fails has changed nothing.
    if (groups.length === 1) return run();
    try {
      return await this.parts.state.slots.attempt(run);
    } catch (error) {
      this.parts.pruning?.forget();
      throw error;
    }
  }

  async #group(group: readonly StepBatch[], learningRate: number, first: number): Promise<readonly Told[]> {
    const { state, pruning } = this.parts;
    const feed = new Feed(this.parts, group, learningRate);
    let { model, told } = await this.#run(feed, false);
    if (told.some((step) => (step.get(DOUBT)?.[0] ?? 0) > LARGEST_RATIO ** 2)) {
      if (group.length > 1)
        return this.#each(
          group.map((batch) => [batch]),
          learningRate,
          first,
        );
      // Writes over the results.
      ({ model, told } = await this.#run(feed, true));
    }
    for (const [i, step] of told.entries())
      requireFinite(step, () => pruning?.nonFiniteScores(step.get(FINITE)), first + i);
    state.advance(model.updated);
    pruning?.stepped();
    return told;
  }

  /** Runs the graph of steps; their next state lies in the spare tensors. */
  async #run(
    feed: Feed,
    centred: boolean,
  ): Promise<{ readonly model: Model; readonly told: readonly Told[] }> {
    const { graphs, state, pruning } = this.parts;
    const form = this.repeated && !centred ? 'repeated' : 'plain';
    const compiled = await graphs.step(form, feed.batches[0]!.labels.length, pruning?.sparsity, centred);
    const { model, session } = compiled;
    const fetches: Record<string, Tensor | null> = {};
    for (const { name } of model.told) fetches[name] = null;
    for (const name of model.updated) fetches[next(name)] = state.slots.spare(name);
    const result = await session.run(await feed.of(compiled), fetches);
    const all = (name: string) => result[name]!.data as Float32Array;
    return { model, told: feed.batches.map((_, i) => toldOf(model, all, i)) };
  }
}
