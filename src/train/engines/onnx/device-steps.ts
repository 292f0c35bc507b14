import type { StepBatch } from '../engine.js';
import type { DeviceState } from './device-state.js';
import { type Tensor, toTensor } from './library.js';
import { FINITE, FOUND, type Model, next, REPORT } from './ports.js';
import { Feed, requireFinite, type StepParts, type Steps, type Told } from './steps.js';

/** A step that the device has been told to take; its report still lies there. */
interface Begun {
  readonly model: Model;
  readonly report: Tensor;
}

/** Thresholds that bisection did not find. */
class NotFound extends Error {}

/** Steps whose state stays on a device. A run waits for nothing, so that the device has the next step at hand; losses are read at the end. */
export class DeviceSteps implements Steps {
  /** Thresholds are waited for at every step, since they were not found once. */
  #patient = false;

  constructor(readonly parts: StepParts<DeviceState>) {}

  async take(batches: readonly StepBatch[], learningRate: number): Promise<readonly Told[]> {
    try {
      return await this.#attempt(batches, learningRate);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      this.#patient = true;
      return this.#attempt(batches, learningRate);
    }
  }

  async #attempt(batches: readonly StepBatch[], learningRate: number): Promise<readonly Told[]> {
    const { state, pruning } = this.parts;
    const begun: Begun[] = [];
    try {
      return await state.slots.attempt(async () => {
        for (const batch of batches) begun.push(await this.#begin(batch, learningRate));
        const told: Told[] = [];
        for (const step of begun) told.push(await this.#look(step, told.length));
        return told;
      });
    } catch (error) {
      pruning?.forget();
      throw error;
    } finally {
      for (const { report } of begun) report.dispose();
    }
  }

  async #begin(batch: StepBatch, learningRate: number): Promise<Begun> {
    const { graphs, state, pruning } = this.parts;
    const compiled = await graphs.step('resident', batch.labels.length, undefined);
    const { model, session } = compiled;
    const late = model.thresholds && !this.#patient ? await pruning!.late() : undefined;
    try {
      const feeds = await new Feed(this.parts, [batch], learningRate).of(compiled, late?.thresholds);
      const found = model.told.find(({ name }) => name === FOUND);
      if (found) feeds[FOUND] = late?.found ?? toTensor(new Float32Array(found.size).fill(1), [found.size]);
      const result = await session.run(feeds);
      state.accept(new Map(model.updated.map((name) => [name, result[next(name)]!])));
      state.advance(model.updated);
      pruning?.stepped();
      return { model, report: result[REPORT]! };
    } finally {
      late?.thresholds.dispose();
      late?.found?.dispose();
    }
  }

  /** @throws NotFound; NonFiniteLossError */
  async #look({ model, report }: Begun, index: number): Promise<Told> {
    const { state, pruning } = this.parts;
    const values = await state.copies.download(report);
    const told = new Map<string, Float32Array>();
    let at = 0;
    for (const { name, size } of model.told) {
      told.set(name, values.subarray(at, at + size));
      at += size;
    }
    if (told.get(FOUND)?.some((found) => found !== 1)) throw new NotFound();
    requireFinite(told, () => pruning?.nonFiniteScores(told.get(FINITE)), index);
    return told;
  }
}
