import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { parseStrict } from '../../runs/spec.js';
import type { Dataset } from '../data/index.js';
import type { Engine } from '../engines/engine.js';
import { effectiveWeights, layerMasks } from '../engines/masks.js';
import { type WeightLayer, weightLayers, weightShape } from '../networks/description.js';
import { type StateTensor, stateTensors } from '../networks/tensors.js';
import { firstScores } from '../prune/initial.js';
import { thresholdRank } from '../prune/mask.js';
import { chosenWeights, INITIAL, offeredWeights } from '../prune/offered.js';
import type { Rule } from '../prune/rules/rule.js';
import { type Checkpoint, touchedName } from '../run/checkpoint.js';
import { refreshOf, ruleOf } from '../spec/pruning.js';
import { describeSpecNetwork, parseTrainSpec, type TrainSpec } from '../spec/spec.js';
import { fromBinary, sizeName, toBinary } from './binary.js';
import { unpackTicket } from './container.js';
import { unpackContents } from './contents.js';
import {
  type Described,
  decodeTicket,
  encodeTicket,
  type Json,
  type Ticket,
  type TicketLayer,
  type TicketTensor,
} from './index.js';
import { count } from './ticket.js';

const headerSchema = v.strictObject({
  /** The seed of the weights and of every randomization. */
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  spec: v.unknown(),
  steps: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  data: v.strictObject({
    name: v.string(),
    fingerprint: v.string(),
    channels: v.number(),
    classes: v.array(v.string()),
  }),
});

/** What a ticket's header says. */
export interface TicketHeader extends v.InferOutput<typeof headerSchema> {
  readonly spec: TrainSpec;
}

/**
 * The ticket of a run: what its seeds do not give back.
 *
 * @param engine holds the checkpoint
 * @throws InputError for weights or masks that neither seeds nor bits give back
 */
export async function ticketOfRun(
  header: Omit<TicketHeader, 'data'>,
  engine: Engine,
  { tensors }: Checkpoint,
  dataset: Dataset,
): Promise<Ticket> {
  const { spec } = header;
  const { binary } = requireStorable('a ticket of this run', spec, engine.options.rule);
  const sizes = new Map<string, TicketTensor>();
  const masks = await layerMasks(engine);
  const effective = binary ? await effectiveWeights(engine) : undefined;
  const layers = weightLayers(engine.network).map((layer): TicketLayer => {
    const mask = masks.get(layer.name)!;
    const touched = tensors.get(touchedName(layer.name))?.data as Int32Array | undefined;
    const lastTouched = touched ? touched.filter((_, i) => mask[i] === 1) : null;
    const stored = { name: layer.name, shape: weightShape(layer), mask, lastTouched };
    if (!effective) return stored;
    const { signs, size } = toBinary(effective.get(layer.name)!, mask, layer.name);
    sizes.set(sizeName(layer.name), { shape: [1], data: size });
    return { ...stored, signs };
  });
  const { name, fingerprint, channels, classes } = dataset;
  const statistics = new Map<string, TicketTensor>();
  for (const { name, shape } of statisticsOf(engine.tensors))
    statistics.set(name, { shape, data: await engine.read(name) });
  return {
    header: { ...header, data: { name, fingerprint, channels, classes } } as unknown as Json,
    layers,
    tensors: new Map([...statistics, ...sizes]),
  };
}

/**
 * How a run's weights are stored: by what its seeds give back, or as bits.
 *
 * @throws InputError for what neither gives back
 */
export function requireStorable(
  what: string,
  spec: TrainSpec,
  rule: Rule | undefined,
): { readonly binary: boolean } {
  const refused = (why: string) =>
    new InputError(what, why, 'export --safetensors, or train with another method, rule or refresh');
  if (spec.method === 'sgd' || rule === undefined)
    throw refused('the weights of SGD are trained, so that no seed gives them back');
  if (rule.selection.kind === 'drawn' && rule.selection.real)
    throw refused(
      `the masks of '${rule.name}' hold values between 0 and 1, which seeds and bits do not give back`,
    );
  const recycled = refreshOf(spec) === 'recycle';
  if (recycled && !rule.binary)
    throw refused('recycled weights come from anywhere in their layer, by a history that no seed gives back');
  return { binary: recycled };
}

/** A ticket's bytes, coded by what its seeds give back. @param own the run's rule, where that is one's own */
export function writeTicket(ticket: Ticket, own?: Rule): Uint8Array {
  return encodeTicket(ticket, describing('the ticket', own)(ticket.header));
}

/**
 * Reads a ticket.
 *
 * @param name the file's name, for errors
 * @param own the run's rule, where that is one's own
 * @throws InputError if it is damaged or of another version
 */
export function readTicket(
  bytes: Uint8Array,
  name: string,
  own?: Rule,
): { ticket: Ticket; header: TicketHeader } {
  try {
    const ticket = decodeTicket(bytes, name, describing(name, own));
    const header = parseHeader(ticket.header, name);
    requireKept(ticket, header.spec, name);
    return { ticket, header };
  } catch (error) {
    if (!(error instanceof InputError) || error.what.startsWith(name)) throw error;
    // What its spec breaks is told without the file's name.
    throw new InputError(`${name}: ${error.what}`, error.rule, error.fix);
  }
}

/**
 * The header alone, of a ticket whose rule need not be at hand.
 *
 * @param name the file's name, for errors
 * @throws InputError if it is damaged or of another version
 */
export function readTicketHeader(bytes: Uint8Array, name: string): TicketHeader {
  return parseHeader(unpackContents(unpackTicket(bytes, name).head, name).header as Json, name);
}

/** Masks keep as many weights as the sparsity says, in each layer or in all together, or more where scores are tied or p has not risen yet. */
function requireKept({ layers }: Ticket, { sparsity, scope }: TrainSpec, name: string): void {
  if (sparsity === undefined) return;
  const require = (what: string, masks: readonly Uint8Array[]) => {
    const size = masks.reduce((sum, mask) => sum + mask.length, 0);
    const kept = masks.reduce((sum, mask) => sum + count(mask), 0);
    const least = size - thresholdRank(size, sparsity) + 1;
    if (kept < least)
      throw new InputError(
        `${name}: ${what}`,
        `keeps ${kept} weights where sparsity ${sparsity} keeps ${least} at least`,
        'copy the file again, or export it again from its run',
      );
  };
  if (scope === 'global') require('the network', layers.map(({ mask }) => mask));
  else for (const { name: layer, mask } of layers) require(`layer ${layer}`, [mask]);
}

/**
 * Draws the ticket's weights again, or takes them from its bits, and puts network and statistics into the engine.
 *
 * @throws InputError if the engine's rule does not give the masks back
 */
export async function rebuild(ticket: Ticket, { seed, spec }: TicketHeader, engine: Engine): Promise<void> {
  const layers = new Map(weightLayers(engine.network).map((l) => [l.name, l]));
  for (const { name, mask, lastTouched, signs } of ticket.layers) {
    const weights = signs
      ? fromBinary({ signs, size: ticket.tensors.get(sizeName(name))!.data }, mask)
      : weightsOf(layers.get(name)!, mask, lastTouched, seed, spec);
    await engine.write(`${name}.weight`, weights);
    // As scores, a mask gives itself: its threshold is 1, whatever the sparsity.
    await engine.write(`${name}.score`, Float32Array.from(mask));
  }
  const known = new Set(engine.tensors.map((t) => t.name));
  for (const [name, { data }] of ticket.tensors) if (known.has(name)) await engine.write(name, data);
  const masks = await layerMasks(engine);
  for (const { name, mask } of ticket.layers)
    if (masks.get(name)!.some((m, i) => m !== mask[i]))
      throw new InputError(
        `layer ${name} of a ticket`,
        `the rule '${engine.options.rule?.name}' does not keep exactly the weights of score 1 among scores of 0 and 1`,
        'export --safetensors in place of a ticket',
      );
}

function weightsOf(
  layer: WeightLayer,
  mask: Uint8Array,
  lastTouched: Int32Array | null,
  seed: number,
  { param }: TrainSpec,
): Float32Array {
  const weights = new Float32Array(mask.length);
  for (const number of new Set(lastTouched ?? [INITIAL])) {
    const offered = offeredWeights(seed, layer, number, param);
    for (let i = 0, kept = 0; i < mask.length; i++)
      if (mask[i] === 1 && (lastTouched === null || lastTouched[kept++] === number)) weights[i] = offered[i]!;
  }
  return weights;
}

/** What a header fixes: the network's shapes, the choices of the randomizations, where there are any, and the first scores. */
function describing(name: string, own?: Rule) {
  return (json: Json): Described => {
    const { seed, spec, steps, data } = parseHeader(json, name);
    const rule = ruleOf(spec, own);
    const { binary: signs } = requireStorable(name, spec, rule);
    const network = describeSpecNetwork(spec, data);
    const layers = new Map(weightLayers(network).map((l) => [l.name, l]));
    const { param: weights, score: scores, rate, period } = spec;
    const statistics = statisticsOf(stateTensors(network, 'score')).map((t) => [t.name, t.shape] as const);
    const sizes = signs ? [...layers.keys()].map((layer) => [sizeName(layer), [1]] as const) : [];
    const fixed = {
      layers: [...layers].map(([layer, of]) => [layer, weightShape(of)] as const),
      tensors: [...statistics, ...sizes],
      signs,
      scores: (layer: string) => firstScores(layers.get(layer)!, { weights, scores, rule, seed }),
    };
    if (refreshOf(spec) !== 'randomize' || rate === undefined || period === undefined)
      return { ...fixed, randomizations: null };
    const randomizations = Math.floor(steps / period);
    const chosen = (layer: string, number: number) => chosenWeights(seed, layers.get(layer)!, number, rate);
    return { ...fixed, randomizations, chosen };
  };
}

/** The tensors that no seed gives back. */
const statisticsOf = (tensors: readonly StateTensor[]): StateTensor[] =>
  tensors.filter(({ role }) => role === 'mean' || role === 'variance');

function parseHeader(json: Json, name: string): TicketHeader {
  const header = parseStrict(name, headerSchema, json);
  return { ...header, spec: parseTrainSpec(header.spec) };
}
