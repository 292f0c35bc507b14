import { requireInteger } from '../../core/errors.js';
import { requireSeed, stream } from '../../core/rng.js';
import type { Engine } from '../engines/engine.js';
import type { WeightLayer } from '../networks/description.js';
import { type Distribution, draw } from '../prune/distributions.js';
import { ownScores } from '../prune/initial.js';
import type { Randomized } from '../prune/randomize.js';
import type { RefreshedScore } from '../prune/refreshes.js';

/** What changes the pruned weights of a network every so many iterations. */
export interface Refresher {
  /** Refreshes done. */
  count: number;
  /** By layer: number of the refresh that drew each weight last, 0 for the initial draw. Empty where weights are not drawn. */
  readonly touched: ReadonlyMap<string, Int32Array>;
  /** Whether it is applied before iteration `step`, counted from 0. */
  due(step: number): boolean;
  /** Changes the weights. Returns a function that takes it back, as if it had not been. */
  apply(): Promise<() => Promise<void>>;
}

/** When weights are refreshed, and what becomes of their scores. */
export interface RefreshSpec {
  readonly seed: number;
  /** K_per, in iterations. */
  readonly period: number;
  /** r, the share of weights: for a randomization the probability that a pruned one is drawn anew. */
  readonly rate: number;
  /** Default `kept`. */
  readonly refreshedScore?: RefreshedScore | undefined;
  /** Distribution of fresh scores, where the engine's rule has no first scores of its own; default `ku`. */
  readonly score?: Distribution | undefined;
}

/** @throws InputError for a seed or period that is missing or out of range */
export function requireRefreshSpec({ seed, period }: RefreshSpec): void {
  requireSeed(seed);
  requireInteger('period', period, 1, 1e9);
}

/** Whether something of this period is due before iteration `step`: if step + 1 is divisible by it. */
export const isDue = (step: number, period: number): boolean => (step + 1) % period === 0;

/** Writes a layer's refreshed weights and, if they start anew, their scores. Returns what takes it back. */
export async function writeRefreshed(
  engine: Engine,
  layer: WeightLayer,
  before: Float32Array,
  { weights, replaced }: Randomized,
  number: number,
  spec: RefreshSpec,
): Promise<() => Promise<void>> {
  const undo = [await replaceAt(engine, `${layer.name}.weight`, before, replaced, weights)];
  if (spec.refreshedScore === 'fresh') {
    const score = `${layer.name}.score`;
    const momentum = `${score}.momentum`;
    const fresh = freshScores(engine, layer, weights, number, spec);
    undo.push(await replaceAt(engine, score, await engine.read(score), replaced, fresh));
    const still = new Float32Array(weights.length);
    undo.push(await replaceAt(engine, momentum, await engine.read(momentum), replaced, still));
  }
  return async () => {
    for (const take of undo) await take();
  };
}

/** The scores that a refresh offers for a layer, one a weight whether it is taken or not. */
function freshScores(
  { options: { rule } }: Engine,
  layer: WeightLayer,
  weights: Float32Array,
  number: number,
  { seed, score = 'ku' }: RefreshSpec,
): Float32Array {
  const from = stream(seed, 'rescore', layer.name, number);
  return rule?.initialScores
    ? ownScores(rule, layer, weights, from)
    : draw(score, layer.fanIn, weights.length, from);
}

/** @param before what the tensor holds @param values of which those at `places` are written */
async function replaceAt(
  engine: Engine,
  tensor: string,
  before: Float32Array,
  places: Int32Array,
  values: Float32Array,
): Promise<() => Promise<void>> {
  const old = Float32Array.from(places, (place) => before[place]!);
  const after = before.slice();
  for (const place of places) after[place] = values[place]!;
  await engine.write(tensor, after);
  return async () => {
    const now = await engine.read(tensor);
    for (const [i, place] of places.entries()) now[place] = old[i]!;
    await engine.write(tensor, now);
  };
}
